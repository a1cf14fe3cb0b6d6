import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { benchHand, pause, remoteHand, startDeviceHost } from '#tests/support/device-host.ts';
import type { StartOptions } from '#tests/support/device-host.ts';

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function bothSides(options?: StartOptions) {
  const host = await startDeviceHost(options);
  const bench = benchHand(host);
  const remote = await remoteHand(host);
  cleanUps.push(() => {
    bench.end();
    remote.end();
    host.close();
  });
  const agree = async () => {
    const slide = { slideId: randomUUID(), label: 'K26-0001 A1' };
    expect(await bench.request({ kind: 'propose-slide', ...slide })).toBeNull();
    expect(await remote.request({ kind: 'agree-slide', ...slide })).toBeNull();
    return slide;
  };
  const hand = async () => {
    await remote.request({ kind: 'request-lease' });
    expect(await bench.request({ kind: 'grant-lease', to: 'remote' })).toBeNull();
    await host.until(({ lease }) => lease.holder === 'remote');
    await pause(100);
  };
  const staysStill = async (ms = 400) => {
    const before = host.newest().positionUm;
    await pause(ms);
    expect(host.newest().positionUm).toEqual(before);
  };
  return { host, bench, remote, agree, hand, staysStill };
}

test('the remote steers what it was handed, and nothing before', async () => {
  const { host, remote, agree, hand, staysStill } = await bothSides();
  await agree();
  remote.push({ x: 2000 });
  await staysStill();
  expect(host.newest().refused?.reason).toBe('not-holder');
  await hand();
  await host.until(({ positionUm }) => positionUm.x > 300);
});

test('the remote moves nothing on a slide it has not agreed to', async () => {
  const { host, bench, remote, hand, staysStill } = await bothSides();
  await bench.request({ kind: 'propose-slide', slideId: randomUUID(), label: 'K26-0001 A1' });
  await hand();
  remote.push({ x: 2000 });
  await staysStill();
  expect(host.newest().refused?.reason).toBe('no-slide');
  expect(remote.newest().velocityRefusal).toBe('no-slide');
});

test('commands that overtake one another on the way are no refusal of where it is to go', async () => {
  const { host, remote, agree, hand } = await bothSides();
  await agree();
  await hand();
  const before = host.newest().refused;
  let isLate = false;
  const shuffling = setInterval(() => {
    isLate = !isLate;
    remote.delayBy(isLate ? 70 : 0);
  }, 40);
  cleanUps.push(() => clearInterval(shuffling));
  remote.goTo({ x: 3000, y: -2000 });
  await host.until(({ positionUm: { x, y } }) => Math.hypot(x - 3000, y + 2000) < 1);
  await pause(200);
  expect(host.newest().refused).toEqual(before);
  expect(host.newest().overtaken).toBeGreaterThan(0);
});

test('the bench takes control back in the middle of a motion', async () => {
  const { host, bench, remote, agree, hand, staysStill } = await bothSides();
  await agree();
  await hand();
  remote.push({ x: 2000 });
  await host.until(({ positionUm }) => positionUm.x > 300);
  await bench.request({ kind: 'take-back' });
  await pause(150);
  await staysStill();
  expect(host.newest().lease.holder).toBe('bench');
});

test('STOP of anybody stops everybody, and its release moves nothing before hands were off', async () => {
  const { host, bench, remote, agree, hand, staysStill } = await bothSides();
  await agree();
  await hand();
  remote.push({ x: 2000 });
  await host.until(({ positionUm }) => positionUm.x > 300);
  expect(await bench.request({ kind: 'stop' })).toBeNull();
  await pause(150);
  await staysStill();
  expect(await remote.request({ kind: 'release-stop' })).toBe('not-permitted');
  expect(await bench.request({ kind: 'release-stop' })).toBeNull();
  await staysStill();
  remote.letGo();
  await pause(100);
  const { positionUm } = host.newest();
  remote.push({ x: 2000 });
  await host.until((telemetry) => telemetry.positionUm.x > positionUm.x + 300);
});

test('STOP needs no lease, and the remote releases only its own', async () => {
  const { bench, remote } = await bothSides();
  expect(await remote.request({ kind: 'stop' })).toBeNull();
  expect(await remote.request({ kind: 'release-stop' })).toBeNull();
  expect(await remote.request({ kind: 'stop' })).toBeNull();
  expect(await bench.request({ kind: 'stop' })).toBeNull();
  expect(await remote.request({ kind: 'release-stop' })).toBe('not-permitted');
});

test('on an old picture velocities are refused and steps remain', async () => {
  const { host, remote, agree, hand, staysStill } = await bothSides();
  await agree();
  await hand();
  remote.push({ x: 2000 }, 600);
  await staysStill();
  expect(host.newest().refused?.reason).toBe('stale-picture');
  await host.until(({ velocityRefusal }) => velocityRefusal === 'stale-picture');
  remote.goTo({ x: 400 });
  await host.until(({ positionUm }) => Math.abs(positionUm.x - 400) < 0.5);
});

test('over a slow link velocities are refused and steps remain', async () => {
  const { host, remote, agree, hand, staysStill } = await bothSides();
  await agree();
  await hand();
  const roundTripMs = 650;
  remote.delayBy(roundTripMs);
  // The picture is of now when it is judged: only the way back is slow.
  remote.push({ x: 2000 }, 100 - roundTripMs);
  await host.until(({ refused }) => refused?.reason === 'slow-link');
  await staysStill(300);
  expect(host.newest().velocityRefusal).toBe('slow-link');
  remote.goTo({ x: 400 });
  await host.until(({ positionUm, axes }) => Math.abs(positionUm.x - 400) < 0.5 && axes.x === 'idle');
});

test('no path leads beyond the soft limits', async () => {
  const { host, bench } = await bothSides();
  await bench.takeControl();
  bench.push({ x: -12_000, y: 12_000, z: 800 });
  await host.until(({ positionUm, axes }) => positionUm.z > 799.9 && axes.x === 'idle' && axes.y === 'idle');
  bench.letGo();
  await pause(200);
  const before = host.newest().refused?.count ?? 0;
  bench.goTo({ x: 13_001 });
  await host.until(({ refused }) => refused?.reason === 'outside-limits' && refused.count > before);
  for (const { x, y, z } of host.positions()) {
    expect(x).toBeGreaterThanOrEqual(-13_000.5);
    expect(y).toBeLessThanOrEqual(10_000.5);
    expect(z).toBeLessThanOrEqual(800.4);
  }
});

test('a lease nobody renews ends', async () => {
  const { host, remote, agree, hand } = await bothSides();
  await agree();
  await hand();
  remote.end();
  await host.until(({ lease }) => lease.holder === null, 'the end of the lease');
});

test('what was sealed for an earlier link moves nothing', async () => {
  const { host, remote, agree, hand, staysStill } = await bothSides();
  await agree();
  await hand();
  remote.push({ x: 2000 });
  await host.until(({ positionUm }) => positionUm.x > 300);
  remote.end();
  await pause(300);
  const next = await remoteHand(host, 2);
  await host.until(({ echo }) => echo !== null, 'an intent of the new link');
  next.end();
  for (const message of remote.sent.slice(-50)) await host.own.client.receiveSealed(message);
  await staysStill();
  expect(host.newest().refused?.reason).toBe('old-lease');
  expect(host.newest().lease.holder).toBeNull();
});

test('what comes from the remote without its seal is refused', async () => {
  const { host } = await bothSides();
  const { refused } = await host.own.client.request({
    requestId: randomUUID(),
    by: 'remote',
    request: { kind: 'request-lease' },
  });
  expect(refused).toBe('not-permitted');
});
