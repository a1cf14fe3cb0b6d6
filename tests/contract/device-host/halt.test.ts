import { expect, test } from 'vitest';
import { MAXIMUM_HALT_MS } from '#shared/motion/limits-of-time.ts';
import { measureHalts } from '#tests/support/halts.ts';
import { haltCauses } from '#tests/support/halts/orders.ts';

test('whatever fails, the stage stands still within 250 ms of the last accepted intent', async () => {
  const { halts, violations } = await measureHalts({ trialsPerCause: 1 });
  expect(violations).toEqual([]);
  expect(halts.map(({ cause }) => cause)).toEqual([...haltCauses]);
  for (const { cause, ms } of halts) {
    expect(ms, cause).toBeGreaterThan(0);
    expect(ms, cause).toBeLessThanOrEqual(MAXIMUM_HALT_MS);
  }
}, 180_000);
