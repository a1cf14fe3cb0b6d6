import { useEffect } from 'react';
import type { ReactNode } from 'react';
import { useConnection } from '#renderer/backend/use-backend.tsx';
import { carryLive } from '#renderer/link/carry.ts';
import type { LinkState } from '#shared/contract/link.ts';
import type { LiveLink } from '#renderer/link/live-link.ts';
import { BenchFace } from './bench/bench-face.tsx';
import { CallNotice } from './start/call-notice.tsx';
import { ContactList } from './start/contact-list.tsx';
import { StartChoice } from './start/start-choice.tsx';
import { ConsoleFace } from './console/console-face.tsx';
import { useCell } from './use-cell.ts';
import { useLinkState, useMicroscopeState } from './use-workstation-state.ts';

export interface MicroscopeRoomProps {
  /** How two workstations get to know each other; another feature's. */
  readonly pairing: ReactNode;
}

/** Both faces of the room: the bench at the hospital and the pathologist's console. */
export function MicroscopeRoom({ pairing }: MicroscopeRoomProps) {
  const microscope = useMicroscopeState();
  const link = useLinkState();
  const live = useLive();
  if (!microscope || !live) return null;
  const session = link?.session ?? null;
  const isIn = session !== null && session.state !== 'ringing' && session.state !== 'calling';
  if (session && isIn && session.role === 'pathologist') {
    return <ConsoleFace key={session.deviceId} live={live} link={link as LinkState} />;
  }
  const role = microscope.configuration ? 'bench' : 'pathologist';
  const list = <ContactList link={link} role={role} pairing={pairing} />;
  if (microscope.configuration) {
    const isSimulated = microscope.configuration.controller.driver === 'simulated';
    return <BenchFace live={live} link={link} contacts={list} isSimulated={isSimulated} />;
  }
  return <StartChoice contacts={list} notice={<CallNotice link={link} />} />;
}

/** This page carries the live connection for as long as the room is open. */
function useLive(): LiveLink | undefined {
  const connection = useConnection();
  const [live, setLive] = useCell<LiveLink>();
  useEffect(() => {
    const carried = carryLive(connection);
    setLive(carried.live);
    return () => carried.stop();
  }, [connection, setLive]);
  return live;
}
