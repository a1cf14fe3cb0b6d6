import { afterEach, expect, test } from 'vitest';
import { benchHand, pause, startDeviceHost } from '#tests/support/device-host.ts';
import type { StartOptions } from '#tests/support/device-host.ts';

const HELD_UP_MS = 500;

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

async function atTheBench(options?: StartOptions) {
  const host = await startDeviceHost(options);
  const hand = benchHand(host);
  cleanUps.push(() => {
    hand.end();
    host.close();
  });
  return { host, hand };
}

test('nothing moves at power-on and while controllers connect', async () => {
  const { host } = await atTheBench();
  await pause(500);
  const positions = host.positions();
  expect(positions.length).toBeGreaterThan(10);
  expect(positions.every(({ x, y, z }) => x === 0 && y === 0 && z === -40)).toBe(true);
});

test('a push moves the stage, and it comes to rest when the hand lets go', async () => {
  const { host, hand } = await atTheBench();
  await hand.takeControl();
  hand.push({ x: 3000 });
  await host.until(({ positionUm }) => positionUm.x > 500);
  hand.letGo();
  const { positionUm } = await host.until(({ axes }) => axes.x === 'idle');
  await pause(300);
  expect(host.newest().positionUm.x).toBe(positionUm.x);
});

test('a target is reached and the stage rests there', async () => {
  const { host, hand } = await atTheBench();
  await hand.takeControl();
  hand.goTo({ x: 1500, y: -700, z: 10 });
  await host.until(
    ({ positionUm, axes }) => Math.hypot(positionUm.x - 1500, positionUm.y + 700) < 0.5 && axes.x === 'idle',
  );
  await host.until(({ positionUm }) => Math.abs(positionUm.z - 10) < 0.1);
});

test('a target whose repetitions come late or overtake each other is paused, gone on with and reached', async () => {
  const { host, hand } = await atTheBench();
  await hand.takeControl();
  hand.goTo({ x: 9000 });
  await host.until(({ positionUm }) => positionUm.x > 200);
  // Long enough for the watchdog to stop the stage; then what was held up comes behind what is said now.
  hand.delayBy(HELD_UP_MS);
  await host.until(({ axes }) => axes.x === 'idle', 'the stage paused');
  const paused = host.newest().positionUm.x;
  expect(paused).toBeLessThan(8900);
  hand.delayBy(0);
  await host.until(({ overtaken }) => overtaken > 0, 'a repetition overtaken');
  await host.until(
    ({ positionUm, axes }) => Math.abs(positionUm.x - 9000) < 0.5 && axes.x === 'idle',
    'the place reached',
  );
  expect(host.newest().refused).toBeNull();
});
