// Two peers of one Chromium over a path of our own making; figures are generous, the question is whether.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ImpairmentRelay, unimpaired } from '#tests/support/impairment-relay.ts';
import { openLinkPair } from '#tests/support/link-page.ts';
import type { LinkEnd, LinkPair } from '#tests/support/link-page.ts';

const relay = new ImpairmentRelay();
let pair: LinkPair;
let epoch = 0;

beforeAll(async () => {
  pair = await openLinkPair((signal, from, ofEpoch) => relay.signal(signal, from, ofEpoch));
  await pair.b.page.evaluate(() => globalThis.linkPage.echo());
  await pair.a.page.evaluate(() => globalThis.linkPage.showPicture(true));
});

beforeEach(async () => {
  relay.impair(unimpaired);
  await connect();
  await pair.b.page.evaluate(() => globalThis.linkPage.watch());
  await expect.poll(async () => (await framesOf(500)).length).toBeGreaterThan(5);
});

afterAll(async () => {
  expect([...pair.a.errors, ...pair.b.errors]).toEqual([]);
  await pair.close();
  await relay.close();
});

const path = (end: LinkEnd) => end.page.evaluate(() => globalThis.linkPage.live.path);

async function connect(): Promise<void> {
  epoch++;
  await pair.open(epoch);
  for (const end of [pair.a, pair.b]) await expect.poll(() => path(end)).toBe('connected');
}

/** What the pathologist sees in the next milliseconds. */
async function framesOf(milliseconds: number) {
  return pair.b.page.evaluate(async (pauseMs) => {
    const before = globalThis.linkPage.frames().length;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return globalThis.linkPage.frames().slice(before);
  }, milliseconds);
}

/** Steering by the pathologist's page, answered by the hospital's. */
const roundTrips = (channel: 'motion' | 'control', count: number) =>
  pair.a.page.evaluate(([name, times]) => globalThis.linkPage.roundTrips(name, times, 40), [
    channel,
    count,
  ] as const);

const quantile = (values: readonly number[], part: number) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * part)] ?? Infinity;

test('usable at 5 % loss and 100 ms round trip, with jitter, reordering and duplicates', async () => {
  relay.impair({ delayMs: 45, jitterMs: 10, lossPercent: 5, reorderPercent: 1, duplicatePercent: 1 });
  // Enough to steer by, less than a second old and whole, once the sender has found its rate on the new path.
  const areOfUse = async () =>
    (await framesOf(3000)).filter(({ latencyMs, width }) => latencyMs < 1000 && width === 1280).length;
  await expect.poll(areOfUse, { interval: 1, timeout: 60_000 }).toBeGreaterThan(15);
  const motion = await roundTrips('motion', 60);
  const control = await roundTrips('control', 30);
  // Two ways at 5 %: nine of ten come back, and nothing waits for those that do not.
  expect(motion.filter((time) => time < 1000).length).toBeGreaterThan(40);
  expect(quantile(motion, 0.5)).toBeLessThan(400);
  // Every command arrives.
  expect(control.filter((time) => time === Infinity)).toEqual([]);
  expect(relay.counts.lost).toBeGreaterThan(50);
  expect(relay.counts.duplicated).toBeGreaterThan(0);
});

test('after an outage of 2 s a new connection of the same session carries everything within 3 s', async () => {
  relay.impair({ isFrozen: true });
  const old = epoch;
  await new Promise((resolve) => setTimeout(resolve, 1000));
  // Freshness has told the backends long ago; they make the next epoch while the path is still away.
  epoch++;
  await pair.open(epoch);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(await path(pair.a)).toBe('connecting');
  relay.impair({ isFrozen: false });
  const backMs = Date.now();
  for (const end of [pair.a, pair.b]) {
    await expect.poll(() => path(end), { interval: 20 }).toBe('connected');
  }
  expect(quantile(await roundTrips('control', 3), 0.9)).toBeLessThan(1000);
  await expect.poll(async () => (await framesOf(200)).length, { interval: 20 }).toBeGreaterThan(0);
  const connected = pair.b.told.findLast(({ method }) => method === 'peerConnected');
  expect(connected?.input['epoch']).toBe(old + 1);
  expect(Date.now() - backMs).toBeLessThan(3000);
});

test('a lost path is told, and that it is back', async () => {
  const states = () =>
    pair.a.told
      .filter(({ method, input }) => method === 'peerLost' && input['epoch'] === epoch)
      .map(({ input }) => input['state']);
  relay.impair({ isFrozen: true });
  await expect.poll(states).toEqual(['disconnected']);
  expect(await path(pair.a)).toBe('disconnected');
  relay.impair({ isFrozen: false });
  await expect.poll(states).toEqual(['disconnected', 'back']);
  expect(await path(pair.a)).toBe('connected');
});

test('at 500 kbit/s the picture loses rate and size before it comes late, and control stays first', async () => {
  const before = await framesOf(3000);
  relay.impair({ kilobitsPerSecond: 500, delayMs: 20, queueMs: 400 });
  // Chromium's estimate of the path takes some seconds to get there.
  await framesOf(20_000);
  const [frames, control] = await Promise.all([framesOf(8000), roundTrips('control', 80)]);
  const pixelsPerSecond = (seen: typeof frames, seconds: number) =>
    seen.reduce((sum, { width, height }) => sum + width * height, 0) / seconds;
  expect(pixelsPerSecond(frames, 8)).toBeLessThan(0.7 * pixelsPerSecond(before, 3));
  expect(frames.length).toBeGreaterThan(8);
  expect(
    quantile(
      frames.map(({ latencyMs }) => latencyMs),
      0.5,
    ),
  ).toBeLessThan(600);
  expect(quantile(control, 0.9)).toBeLessThan(500);
});
