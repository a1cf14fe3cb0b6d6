import type { LiveLink } from '#renderer/link/live-link.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import type { FrameFeed } from '../view/frame-feed.ts';

export interface BenchPicture {
  readonly feed: FrameFeed | undefined;
}

/** The camera of this workstation, shown here and sent to whoever is connected. */
export function useBenchPicture(_live: LiveLink, _session: MicroscopeSession): BenchPicture {
  return { feed: undefined };
}
