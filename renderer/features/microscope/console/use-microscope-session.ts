import { useEffect, useState } from 'react';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import type { LinkState } from '#shared/contract/link.ts';
import type { Party } from '#shared/motion/intent.ts';
import { MicroscopeSession } from '../session/microscope-session.ts';

/** A session for as long as the face is on the screen. */
export function useMicroscopeSession(party: Party, link: LinkState | undefined): MicroscopeSession {
  const backend = useBackend();
  const [session] = useState(() => new MicroscopeSession(backend, party));
  useEffect(() => session.start(), [session]);
  const path = `${link?.session?.epoch} ${link?.session?.live.state}`;
  useEffect(() => session.linkIs(path), [session, path]);
  return session;
}
