import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import type { PositionUm } from '#shared/motion/position.ts';
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
  const slide = { slideId: randomUUID(), label: 'K26-0001 A1' };
  await bench.request({ kind: 'propose-slide', ...slide });
  await remote.request({ kind: 'agree-slide', ...slide });
  const handOver = async () => {
    await remote.request({ kind: 'request-lease' });
    await bench.request({ kind: 'grant-lease', to: 'remote' });
    await host.until(({ lease }) => lease.holder === 'remote');
    await pause(100);
  };
  return { host, bench, remote, slide, handOver };
}

type Sides = Awaited<ReturnType<typeof bothSides>>;

const FOCUS_UM = 37.3;
/** A bell around the focus, as wide as the depth of focus of 20× is. */
const bell = ({ z }: PositionUm) => ({ score: 0.02 + Math.exp(-((z - FOCUS_UM) ** 2) / 72), isBlank: false });

async function changeObjective({ host, remote }: Pick<Sides, 'host' | 'remote'>, objectiveId: number) {
  const procedureId = randomUUID();
  remote.hold(procedureId);
  const leaseEpoch = remote.newest().lease.epoch;
  const refused = await remote.request({ kind: 'change-objective', leaseEpoch, procedureId, objectiveId });
  if (refused) return refused;
  const { lastProcedure } = await host.until(
    (telemetry) => telemetry.lastProcedure?.procedureId === procedureId,
  );
  remote.letGo();
  return lastProcedure?.outcome;
}

async function autofocus({ host, remote }: Pick<Sides, 'host' | 'remote'>) {
  const procedureId = randomUUID();
  remote.hold(procedureId);
  const leaseEpoch = remote.newest().lease.epoch;
  const refused = await remote.request({ kind: 'autofocus', leaseEpoch, procedureId, atUm: null });
  expect(refused).toBeNull();
  const { lastProcedure } = await host.until(
    (telemetry) => telemetry.lastProcedure?.procedureId === procedureId,
  );
  remote.letGo();
  return lastProcedure;
}

test('focus is away from the slide before the turret turns, and back in focus after', async () => {
  const sides = await bothSides();
  const { host, handOver } = sides;
  await handOver();
  const before = host.newest().positionUm;
  const seen: { z: number; objectiveId: number | null }[] = [];
  const watch = setInterval(() => {
    const { positionUm, objectiveId } = host.newest();
    seen.push({ z: positionUm.z, objectiveId });
  }, 5);
  cleanUps.push(() => clearInterval(watch));
  expect(await changeObjective(sides, 4)).toBe('done');
  const turning = seen.filter(({ objectiveId }) => objectiveId === null);
  expect(turning.length).toBeGreaterThan(0);
  for (const { z } of turning) expect(z).toBeCloseTo(simulatedMicroscope.retractedFocusUm, 0);
  const { positionUm, objectiveId } = host.newest();
  expect(objectiveId).toBe(4);
  expect(positionUm.x).toBeCloseTo(before.x + 7, 0);
  expect(positionUm.y).toBeCloseTo(before.y + 5, 0);
  expect(positionUm.z).toBeCloseTo(before.z + 3, 0);
});

test('an oil objective is refused to the remote', async () => {
  const sides = await bothSides();
  await sides.handOver();
  expect(await changeObjective(sides, 6)).toBe('oil-objective');
  expect(sides.host.newest().objectiveId).toBe(1);
});

test('a procedure of the remote ends when it is not held', async () => {
  const { host, remote, handOver } = await bothSides();
  await handOver();
  const procedureId = randomUUID();
  const leaseEpoch = remote.newest().lease.epoch;
  await remote.request({ kind: 'change-objective', leaseEpoch, procedureId, objectiveId: 4 });
  const { lastProcedure } = await host.until((telemetry) => telemetry.lastProcedure !== null);
  expect(lastProcedure).toMatchObject({ procedureId, outcome: 'cancelled', reason: 'not-held' });
  expect(host.newest().objectiveId).toBe(1);
  expect(host.newest().positionUm.z).toBeGreaterThan(-600);
});

test('a hold that was on its way when its procedure ended is refused as that hold, not as what is meant next', async () => {
  const { host, remote, handOver } = await bothSides();
  await handOver();
  const procedureId = randomUUID();
  remote.hold(procedureId);
  const leaseEpoch = remote.newest().lease.epoch;
  await remote.request({ kind: 'change-objective', leaseEpoch, procedureId, objectiveId: 2 });
  await host.until(({ lastProcedure }) => lastProcedure?.procedureId === procedureId);
  const { refused: late } = await host.until(({ refused }) => refused?.reason === 'not-permitted');
  expect(late?.intent).toMatchObject({ by: 'remote' });
  remote.goTo({ x: 500 });
  await host.until(({ positionUm }) => Math.abs(positionUm.x - 500) < 1);
  const { refused, echo } = host.newest();
  expect(refused?.intent?.sequence).toBeLessThan(echo?.sequence ?? 0);
});

test('a change of objectives that was let go of stays away from the slide, and the next one comes back', async () => {
  const sides = await bothSides();
  const { host, remote, handOver } = sides;
  await handOver();
  const before = host.newest().positionUm;
  for (const { turnTo, thenTo, offsetUm } of [
    { turnTo: 4, thenTo: 4, offsetUm: 3 },
    { turnTo: 2, thenTo: 1, offsetUm: 0 },
  ]) {
    const procedureId = randomUUID();
    remote.hold(procedureId);
    const leaseEpoch = remote.newest().lease.epoch;
    await remote.request({ kind: 'change-objective', leaseEpoch, procedureId, objectiveId: turnTo });
    await host.until(({ turret }) => turret === 'moving');
    remote.letGo();
    const { lastProcedure } = await host.until(({ procedure }) => procedure === null);
    expect(lastProcedure).toMatchObject({ procedureId, outcome: 'cancelled', reason: 'not-held' });
    await host.until(({ objectiveId }) => objectiveId === turnTo);
    expect(host.newest().positionUm.z).toBeCloseTo(simulatedMicroscope.retractedFocusUm, 0);
    expect(host.newest().isAwayFromSlide).toBe(true);
    expect(await changeObjective(sides, thenTo)).toBe('done');
    expect(host.newest().isAwayFromSlide).toBe(false);
    expect(host.newest().objectiveId).toBe(thenTo);
    expect(host.newest().positionUm.z).toBeCloseTo(before.z + offsetUm, 0);
  }
});

test('nothing comes back to where a slide before was in focus', async () => {
  const sides = await bothSides();
  const { host, bench, remote, handOver } = sides;
  await handOver();
  const procedureId = randomUUID();
  remote.hold(procedureId);
  const leaseEpoch = remote.newest().lease.epoch;
  await remote.request({ kind: 'change-objective', leaseEpoch, procedureId, objectiveId: 4 });
  await host.until(({ turret }) => turret === 'moving');
  expect(await bench.request({ kind: 'begin-slide-change' })).toBeNull();
  remote.letGo();
  await host.until(({ lastProcedure }) => lastProcedure?.outcome === 'done');
  const next = { slideId: randomUUID(), label: 'K26-0001 A2' };
  await bench.request({ kind: 'propose-slide', ...next });
  await remote.request({ kind: 'agree-slide', ...next });
  await handOver();
  expect(await changeObjective(sides, 1)).toBe('done');
  expect(host.newest().positionUm.z).toBeCloseTo(simulatedMicroscope.retractedFocusUm, 0);
});

test('autofocus finds the focus within limits', async () => {
  const sides = await bothSides({ focusScore: bell });
  const { host, handOver } = sides;
  await handOver();
  expect(await changeObjective(sides, 4)).toBe('done');
  expect(await autofocus(sides)).toMatchObject({ outcome: 'done' });
  // The log is written a little later.
  const offUm = () => Math.abs((host.positions().at(-1)?.z ?? 0) - FOCUS_UM);
  await expect.poll(offUm).toBeLessThan(1);
});

test('autofocus never goes beyond the focus limits, and refuses a blank field', async () => {
  const climbing = await bothSides({ focusScore: ({ z }) => ({ score: 1 + z / 10_000, isBlank: false }) });
  await climbing.handOver();
  expect(await changeObjective(climbing, 5)).toBe('done');
  climbing.remote.goTo({ z: 76 });
  await climbing.host.until(({ positionUm }) => Math.abs(positionUm.z - 76) < 0.2);
  climbing.remote.letGo();
  const sinceMs = climbing.host.positions().at(-1)?.atMs ?? 0;
  await autofocus(climbing);
  for (const { atMs, z } of climbing.host.positions()) {
    if (atMs > sinceMs) expect(z).toBeLessThanOrEqual(81.4);
  }
  const blank = await bothSides();
  await blank.handOver();
  expect(await autofocus(blank)).toMatchObject({ outcome: 'failed', reason: 'blank-field' });
});

test('autofocus finds a few cells that look like an empty field far from the focus', async () => {
  const sparse = (position: PositionUm) => ({
    ...bell(position),
    isBlank: Math.abs(position.z - FOCUS_UM) > 8,
  });
  const sides = await bothSides({ focusScore: sparse });
  await sides.handOver();
  expect(await changeObjective(sides, 4)).toBe('done');
  expect(await autofocus(sides)).toMatchObject({ outcome: 'done' });
  await expect.poll(() => sides.host.positions().at(-1)?.z).toBeCloseTo(FOCUS_UM, 0);
});

test('STOP ends an autofocus', async () => {
  const { host, bench, remote, handOver } = await bothSides({ focusScore: bell });
  await handOver();
  const procedureId = randomUUID();
  remote.hold(procedureId);
  const leaseEpoch = remote.newest().lease.epoch;
  await remote.request({ kind: 'autofocus', leaseEpoch, procedureId, atUm: null });
  await host.until(({ procedure }) => procedure?.procedureId === procedureId);
  await bench.request({ kind: 'stop' });
  await host.until(({ lastProcedure }) => lastProcedure?.outcome === 'stopped');
  await pause(150);
  const { positionUm } = host.newest();
  await pause(400);
  expect(host.newest().positionUm).toEqual(positionUm);
});

test('a change of slides: motion off, objective up, the old slide never comes back', async () => {
  const { host, bench, remote, slide, handOver } = await bothSides();
  await handOver();
  remote.push({ x: 1000 });
  await host.until(({ positionUm }) => positionUm.x > 100);
  expect(await bench.request({ kind: 'begin-slide-change' })).toBeNull();
  const changing = await host.until(({ isSlideChanging }) => isSlideChanging);
  expect(changing.slide).toBeNull();
  expect(changing.lease.holder).toBe('bench');
  await host.until(({ lastProcedure }) => lastProcedure?.outcome === 'done');
  const { positionUm } = host.newest();
  expect(positionUm).toEqual(simulatedMicroscope.loadPositionUm);
  expect(await remote.request({ kind: 'agree-slide', ...slide })).toBe('no-slide');
  expect(await bench.request({ kind: 'propose-slide', ...slide })).toBe('not-permitted');
  const next = { slideId: randomUUID(), label: 'K26-0001 A2' };
  expect(await bench.request({ kind: 'propose-slide', ...next })).toBeNull();
  expect(await remote.request({ kind: 'agree-slide', ...next, label: 'K26-0001 A1' })).toBe('not-permitted');
  expect(await remote.request({ kind: 'agree-slide', ...next })).toBeNull();
  await host.until((telemetry) => telemetry.slide?.agreedBy.length === 2);
});

test('while slides are changed nobody moves anything', async () => {
  const { host, bench, remote, handOver } = await bothSides();
  await handOver();
  remote.push({ x: 2000, y: 500 });
  await host.until(({ positionUm }) => positionUm.x > 100);
  expect(await bench.request({ kind: 'begin-slide-change' })).toBeNull();
  // The hand that had control goes on pushing, and has it no longer.
  await host.until(({ refused }) => refused?.reason === 'not-holder');
  remote.letGo();
  // Control of the bench runs out while it is refused: its reason is seen before that.
  bench.push({ x: 2000, z: 300 });
  await host.until(({ refused }) => refused?.reason === 'slide-change');
  remote.push({ x: 2000, z: 300 });
  await host.until(({ lastProcedure }) => lastProcedure?.outcome === 'done');
  // Only the way to the load position, although two hands push, and nothing from there.
  await pause(300);
  expect(host.newest().positionUm).toEqual(simulatedMicroscope.loadPositionUm);
  remote.letGo();
  bench.letGo();
  const before = host.newest().positionUm;
  await remote.request({ kind: 'request-lease' });
  await bench.request({ kind: 'grant-lease', to: 'remote' });
  await host.until(({ lease }) => lease.holder === 'remote');
  for (const mean of [() => remote.push({ x: 2000, z: 300 }), () => remote.goTo({ x: 500, y: 500 })]) {
    mean();
    await pause(300);
    expect(host.newest().refused?.reason).toBe('slide-change');
  }
  const leaseEpoch = host.newest().lease.epoch;
  const ids = { leaseEpoch, procedureId: randomUUID() };
  expect(await remote.request({ kind: 'change-objective', ...ids, objectiveId: 4 })).toBe('slide-change');
  expect(await remote.request({ kind: 'autofocus', ...ids, atUm: null })).toBe('slide-change');
  expect(host.newest().positionUm).toEqual(before);
});

test('a scan of the bench goes where it says and ends when another takes control', async () => {
  const { host, bench, remote } = await bothSides();
  await bench.takeControl();
  const procedureId = randomUUID();
  const { client } = host.own;
  expect(await client.beginProcedure({ procedureId, kind: 'overview-scan' })).toEqual({ refused: null });
  const { positionUm } = await client.travel({ procedureId, toUm: { x: 2000, y: 1000 } });
  expect(positionUm.x).toBeCloseTo(2000, 0);
  await expect(client.travel({ procedureId, toUm: { x: 14_000 } })).rejects.toMatchObject({
    code: 'unavailable',
  });
  const second = randomUUID();
  await client.beginProcedure({ procedureId: second, kind: 'overview-scan' });
  const travelling = client.travel({ procedureId: second, toUm: { x: -12_000 } });
  await pause(200);
  await remote.request({ kind: 'request-lease' });
  await bench.request({ kind: 'grant-lease', to: 'remote' });
  await expect(travelling).rejects.toMatchObject({ code: 'cancelled' });
});
