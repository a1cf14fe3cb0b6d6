import type { LiveLink } from '#renderer/link/live-link.ts';
import { LinkQualityMeter } from '#renderer/link/link-quality.ts';
import type { MicroscopeSession } from './microscope-session.ts';

/** Shows how the picture comes over the link, once a second, and tells the other end; until the returned function is called. */
export function measureQuality(live: LiveLink, session: MicroscopeSession): () => void {
  const meter = new LinkQualityMeter(
    () => live.connection,
    (measured) => {
      if (live.path !== 'connected') return;
      const quality = { ...measured, glassToGlassMs: session.glassToGlassMs };
      session.model.setState({ quality });
      session.say({ kind: 'quality', ...quality });
    },
  );
  return () => meter.stop();
}
