import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLinkPair } from '#tests/support/link-page.ts';
import type { LinkEnd, LinkPair } from '#tests/support/link-page.ts';

let pair: LinkPair;
let epoch = 0;

beforeAll(async () => {
  pair = await openLinkPair();
});

afterAll(async () => {
  expect([...pair.a.errors, ...pair.b.errors]).toEqual([]);
  await pair.close();
});

const path = (end: LinkEnd) => end.page.evaluate(() => globalThis.linkPage.live.path);

async function connect(): Promise<void> {
  epoch++;
  await pair.open(epoch);
  for (const end of [pair.a, pair.b]) await expect.poll(() => path(end)).toBe('connected');
}

async function framesDuring(end: LinkEnd, milliseconds: number): Promise<number> {
  return end.page.evaluate(async (pauseMs) => {
    const before = globalThis.linkPage.frames().length;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    return globalThis.linkPage.frames().length - before;
  }, milliseconds);
}

describe('the live connection', () => {
  test('connects, with the certificate that each end has really shown', async () => {
    await connect();
    const shownBy = (end: LinkEnd) =>
      end.page.evaluate(() => {
        const sdp = globalThis.linkPage.live.connection?.localDescription?.sdp ?? '';
        return /a=fingerprint:sha-256 ([\dA-F:]+)/.exec(sdp)?.[1]?.replaceAll(':', '').toLowerCase();
      });
    const seenBy = (end: LinkEnd) =>
      end.told.findLast(({ method }) => method === 'peerConnected')?.input['remoteCertificateSha256'];
    expect(seenBy(pair.a)).toBe(await shownBy(pair.b));
    expect(seenBy(pair.b)).toBe(await shownBy(pair.a));
    expect(seenBy(pair.a)).not.toBe(seenBy(pair.b));
  });

  test('carries messages on three channels both ways', async () => {
    await pair.b.page.evaluate(() => globalThis.linkPage.echo());
    for (const channel of ['motion', 'control', 'telemetry'] as const) {
      const times = await pair.a.page.evaluate(
        (name) => globalThis.linkPage.roundTrips(name, 20, 5),
        channel,
      );
      expect(times.filter((time) => time !== Infinity)).toHaveLength(20);
    }
  });

  test('shows the microscope and takes it away without another negotiation', async () => {
    const signals = () => pair.a.told.filter(({ method }) => method === 'peerSignal').length;
    await pair.b.page.evaluate(() => globalThis.linkPage.watch());
    await pair.a.page.evaluate(() => globalThis.linkPage.showPicture(true));
    const seen = () => pair.b.page.evaluate(() => globalThis.linkPage.frames().length);
    await expect.poll(seen).toBeGreaterThan(5);
    const before = signals();
    await pair.a.page.evaluate(() => globalThis.linkPage.showPicture(false));
    await expect.poll(() => framesDuring(pair.b, 500)).toBe(0);
    await pair.a.page.evaluate(() => globalThis.linkPage.showPicture(true));
    await expect.poll(() => framesDuring(pair.b, 500)).toBeGreaterThan(5);
    expect(signals()).toBe(before);
  });

  test('says at both ends how the picture goes over', async () => {
    for (const end of [pair.a, pair.b]) {
      await expect
        .poll(() => end.page.evaluate(() => globalThis.linkPage.quality()))
        .toMatchObject({
          codec: 'H264',
          isRelayed: false,
          lossPercent: 0,
          widthPixels: 1280,
          heightPixels: 720,
          framesPerSecond: expect.any(Number),
          kilobitsPerSecond: expect.any(Number),
          roundTripMs: expect.any(Number),
        });
    }
  });

  test('refuses and counts what nothing of ours sends, and lives on', async () => {
    for (const channel of ['motion', 'control', 'telemetry']) {
      await pair.a.page.evaluate(async (name) => {
        const { sendRaw } = globalThis.linkPage;
        sendRaw(name, 'text');
        sendRaw(name, []);
        sendRaw(
          name,
          Array.from({ length: 100_000 }, () => 7),
        );
        await new Promise((resolve) => setTimeout(resolve, 300));
        for (let count = 0; count < 1500; count++) sendRaw(name, [1, 2, 3]);
      }, channel);
    }
    const counts = () => pair.b.page.evaluate(() => globalThis.linkPage.live.counts);
    for (const channel of ['motion', 'control', 'telemetry'] as const) {
      await expect
        .poll(async () => (await counts())?.[channel].refused)
        .toMatchObject({ 'not-bytes': 1, empty: 1, 'too-long': 1 });
      await expect.poll(async () => (await counts())?.[channel].refused['too-many']).toBeGreaterThan(100);
    }
    // The flood is over after a second; what is ours goes through again.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await pair.b.page.evaluate(() => globalThis.linkPage.echo());
    const times = await pair.a.page.evaluate(() => globalThis.linkPage.roundTrips('control', 5, 5));
    expect(times.filter((time) => time !== Infinity)).toHaveLength(5);
  });

  test('a new epoch makes a new connection under the same session; late signals of the old one are dropped', async () => {
    const old = epoch;
    const late = pair.a.told.find(({ method, input }) => method === 'peerSignal' && input['epoch'] === old);
    await connect();
    const refused = () => pair.b.page.evaluate(() => globalThis.linkPage.live.refusedSignals);
    const before = await refused();
    await pair.b.page.evaluate((input) => globalThis.linkPage.carrier('signal', input), {
      peer: 'live',
      epoch: old,
      signal: String(late?.input['signal']),
    });
    expect(await refused()).toBe(before + 1);
    expect(await path(pair.b)).toBe('connected');
    // Nobody loses the new one. The old one ended by request, which the end that is asked later hears from the other.
    const losses = [...pair.a.told, ...pair.b.told].filter(
      ({ method, input }) => method === 'peerLost' && input['epoch'] !== old,
    );
    expect(losses).toEqual([]);
    await expect.poll(() => framesDuring(pair.b, 500)).toBeGreaterThan(5);
  });

  test('signals that are none are refused and harm no connection', async () => {
    for (const signal of [
      '',
      '{',
      '{}',
      '[]',
      '{"renegotiate":true,"type":"renegotiate"}',
      '{"type":"offer"}',
      '{"type":"candidate","candidate":{}}',
    ]) {
      await pair.b.page.evaluate((input) => globalThis.linkPage.carrier('signal', input), {
        peer: 'live',
        epoch,
        signal,
      });
    }
    expect(await path(pair.b)).toBe('connected');
  });

  test('passes nothing on and ends when the backend finds another certificate', async () => {
    epoch++;
    pair.b.accept(false);
    await pair.open(epoch);
    await expect.poll(() => path(pair.b)).toBe('absent');
    const got = await pair.b.page.evaluate(() => globalThis.linkPage.received.length);
    await pair.a.page.evaluate(() => {
      try {
        globalThis.linkPage.send('control', 'to a wrong peer');
      } catch {
        // Already closed by the other end.
      }
    });
    // An end that was still shaking hands sees the other's leaving as a failure.
    await expect
      .poll(() => pair.a.told.findLast(({ method }) => method === 'peerLost')?.input)
      .toMatchObject({ epoch, state: expect.stringMatching(/^(?:closed|failed)$/u) });
    expect(await pair.b.page.evaluate(() => globalThis.linkPage.received.length)).toBe(got);
    pair.b.accept(true);
  });

  test('tells at once that the other end has gone', async () => {
    await connect();
    await pair.a.page.evaluate((input) => globalThis.linkPage.carrier('closePeer', input), {
      peer: 'live',
      epoch,
    });
    await expect
      .poll(() => pair.b.told.findLast(({ method }) => method === 'peerLost')?.input)
      .toMatchObject({ epoch, state: 'closed' });
    expect(await path(pair.b)).toBe('absent');
  });
});
