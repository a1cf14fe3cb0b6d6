// Through Debian's coturn and nothing else: hospitals whose firewalls let no workstation reach the other.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLinkPair } from '#tests/support/link-page.ts';
import type { LinkEnd, LinkPair } from '#tests/support/link-page.ts';
import { startTurnServer } from '#tests/support/turn-server.ts';
import type { TurnServer } from '#tests/support/turn-server.ts';

let turn: TurnServer;
let pair: LinkPair;
const candidates: string[] = [];

beforeAll(async () => {
  turn = await startTurnServer();
  pair = await openLinkPair((signal) => {
    if (signal.includes('candidate:')) candidates.push(signal);
    return signal;
  });
});

afterAll(async () => {
  await pair.close();
  await turn.stop();
});

const path = (end: LinkEnd) => end.page.evaluate(() => globalThis.linkPage.live.path);
const open = (epoch: number, expiresInSeconds: number) =>
  pair.open(epoch, {
    iceServers: [{ urls: [turn.url], ...turn.credentials(expiresInSeconds) }],
    isRelayOnly: true,
  });

test('connects through the relay with credentials for a time, tells no address of its own, and says so', async () => {
  await open(1, 600);
  for (const end of [pair.a, pair.b]) await expect.poll(() => path(end)).toBe('connected');
  for (const end of [pair.a, pair.b]) {
    const told = end.told.find(({ method }) => method === 'peerConnected');
    expect(told?.input).toMatchObject({ epoch: 1, isRelayed: true });
  }
  expect(candidates.length).toBeGreaterThan(0);
  expect(candidates.filter((candidate) => !candidate.includes('typ relay'))).toEqual([]);

  await pair.b.page.evaluate(() => {
    globalThis.linkPage.echo();
    globalThis.linkPage.watch();
  });
  await pair.a.page.evaluate(() => globalThis.linkPage.showPicture(true));
  const times = await pair.a.page.evaluate(() => globalThis.linkPage.roundTrips('control', 20, 10));
  expect(times.filter((time) => time === Infinity)).toEqual([]);
  await expect.poll(() => pair.b.page.evaluate(() => globalThis.linkPage.frames().length)).toBeGreaterThan(5);
  await expect.poll(() => pair.b.page.evaluate(() => globalThis.linkPage.quality()?.isRelayed)).toBe(true);
});

test('does not connect with credentials that have expired', async () => {
  candidates.length = 0;
  await open(2, -60);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect(candidates).toEqual([]);
  for (const end of [pair.a, pair.b]) expect(await path(end)).toBe('connecting');
});
