import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { CameraDesk } from './picture/camera-desk.ts';
import type { DeskState } from './picture/camera-desk.ts';

export interface BenchPicture extends DeskState {
  readonly desk: CameraDesk;
}

/** The camera of this workstation, shown here and sent to whoever is connected. */
export function useBenchPicture(
  live: LiveLink,
  session: MicroscopeSession,
  isSimulated: boolean,
): BenchPicture {
  const desk = useMemo(() => new CameraDesk(live, session, isSimulated), [live, session, isSimulated]);
  useEffect(() => desk.start(), [desk]);
  return { ...useStore(desk.state), desk };
}
