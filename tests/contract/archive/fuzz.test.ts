import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCase } from '#tests/support/fuzz/fuzz-case.ts';
import { importBatch } from '#tests/support/fuzz/fuzz-import.ts';
import { loadSeeds, withOwnUid } from '#tests/support/fuzz/seeds.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

/** `npm run campaign:fuzz` imports tens of thousands; these are the same for everybody. */
const CASES = 400;
const CAMPAIGN_SEED = 20_261_122;

let sandbox = temporaryDirectory();
beforeEach(() => {
  sandbox = temporaryDirectory();
});
afterEach(() => sandbox.remove());

test('mutated files are imported bit for bit and open, or are refused with a reason', async () => {
  const seeds = loadSeeds(false);
  const cases = Array.from({ length: CASES }, (_, index) => makeCase(seeds, CAMPAIGN_SEED, index));
  const witnesses = seeds
    .filter(({ name }) => name.startsWith('own'))
    .map(({ bytes }, index) => withOwnUid(bytes, 80_000_000 + index));
  const batch = await importBatch(sandbox.path, cases, witnesses);
  expect(batch.violations).toEqual([]);
  // Neither everything refused nor everything taken: the cases reach both sides of every check.
  expect(batch.durable).toBeGreaterThan(witnesses.length + 50);
  expect(batch.opened['shown']).toBeGreaterThan(witnesses.length);
  expect(Object.keys(batch.refusedByCode).length).toBeGreaterThan(10);
}, 300_000);

test('a case is the same bytes every time', () => {
  const seeds = loadSeeds(false);
  for (const index of [0, 7, 399]) {
    expect(makeCase(seeds, CAMPAIGN_SEED, index)).toEqual(makeCase(seeds, CAMPAIGN_SEED, index));
  }
  const [first, second] = [0, 1].map((seed) => makeCase(seeds, seed, 5).bytes);
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(false);
});
