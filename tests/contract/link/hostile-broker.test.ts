import { expect, test } from 'vitest';
import { hostileRuns } from '#tests/support/hostile/hostile-runs.ts';
import { attacks } from '#tests/support/hostile/treatments.ts';

/** The long version is `npm run campaign:hostile-broker`; what it found stands in docs/evidence. */
test(
  'a broker that drops, changes, repeats, reflects and invents connects nobody with a wrong peer',
  { timeout: 180_000 },
  async () => {
    const result = await hostileRuns(attacks.length * 12, 7);
    expect(result).toMatchObject({ wrongPeers: 0, phantomRings: 0, readableEnvelopes: 0 });
    // It is the attacks that fail, not the calls.
    const { none, duplicate } = result.attacks;
    expect(none.connected).toBeGreaterThan(none.runs / 2);
    expect(duplicate.connected).toBeGreaterThan(0);
    expect(result.attacks['swap-fingerprint']).toMatchObject({ connected: 0, attackerOnPath: 12 });
    expect(result.envelopesSeen).toBeGreaterThan(result.runs);
  },
);
