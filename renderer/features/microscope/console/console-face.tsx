import { useEffect, useRef } from 'react';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { LinkState } from '#shared/contract/link.ts';
import { useCell } from '../use-cell.ts';
import { VideoFeed } from '../view/video-feed.ts';
import { Face } from './face.tsx';
import { useMicroscopeSession } from './use-microscope-session.ts';

export interface ConsoleFaceProps {
  readonly live: LiveLink;
  readonly link: LinkState;
}

/** The pathologist's side: the picture comes over the link, the hands go back over it. */
export function ConsoleFace({ live, link }: ConsoleFaceProps) {
  const session = useMicroscopeSession('remote', link);
  const place = useRef<HTMLDivElement>(null);
  const [feed, setFeed] = useCell<VideoFeed>();
  useEffect(() => {
    if (!place.current) return undefined;
    const created = new VideoFeed(live.remote.microscope, place.current);
    setFeed(created);
    return () => created.close();
  }, [live, setFeed]);
  return (
    <>
      <div ref={place} style={{ position: 'absolute', width: 0, height: 0, overflow: 'hidden' }} />
      <Face session={session} live={live} link={link} feed={feed} tools={null} />
    </>
  );
}
