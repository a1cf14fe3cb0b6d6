import { useEffect } from 'react';
import { LinkQualityMeter } from '#renderer/link/link-quality.ts';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';

/**
 * Measures the link once a second. The round trip is that of a command and its telemetry where there is one, the
 * picture's delay comes from its stamp; what the pathologist sees is told to the bench.
 */
export function useLinkQuality(live: LiveLink, session: MicroscopeSession): void {
  useEffect(() => {
    const meter = new LinkQualityMeter(
      () => live.connection,
      (measured) => {
        if (live.path !== 'connected') {
          session.model.setState({ quality: null });
          return;
        }
        const isRemote = session.party === 'remote';
        const quality = {
          ...measured,
          roundTripMs: (isRemote ? session.roundTrip.roundTripMs : null) ?? measured.roundTripMs,
          glassToGlassMs: isRemote ? session.picture.glassToGlassMs : null,
        };
        session.model.setState({ quality });
        if (isRemote) session.say({ kind: 'quality', ...quality });
      },
    );
    return () => meter.stop();
  }, [live, session]);
}
