import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { StageReport } from '#device-host/simulated/stage-messages.ts';
import { benchHand, pause, remoteHand, startDeviceHost } from '#tests/support/device-host.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function start() {
  const host = await startDeviceHost();
  cleanUps.push(() => host.close());
  const stagePid = async () => (await host.own.client.describe({})).stagePid ?? 0;
  const killStage = async () => {
    process.kill(await stagePid(), 'SIGKILL');
    await host.until(({ axes, isControllerConnected }) => axes.x === 'unknown' && !isControllerConnected);
  };
  return { host, stagePid, killStage };
}

test('when its process is killed nobody knows where the stage is; it comes back at rest and without a holder', async () => {
  const { host, stagePid, killStage } = await start();
  const bench = benchHand(host);
  const remote = await remoteHand(host);
  cleanUps.push(bench.end, remote.end);
  const slide = { slideId: 'e2b1c5f0-8d0e-4f7e-9d64-0a1b2c3d4e5f', label: 'K26-0001 A1' };
  await bench.request({ kind: 'propose-slide', ...slide });
  await remote.request({ kind: 'agree-slide', ...slide });
  const handOver = async () => {
    await remote.request({ kind: 'request-lease' });
    expect(await bench.request({ kind: 'grant-lease', to: 'remote' })).toBeNull();
    await host.until(({ lease }) => lease.holder === 'remote');
  };
  await handOver();
  remote.push({ x: 1000 });
  const { positionUm: beforeUm } = await host.until(({ positionUm }) => positionUm.x > 1500);
  const firstPid = await stagePid();

  await killStage();
  expect(host.newest()).toMatchObject({
    fault: 'simulator-gone',
    axes: { x: 'unknown', y: 'unknown', z: 'unknown' },
    objectiveId: null,
  });
  await host.until(({ lease }) => lease.holder === null);

  const { positionUm: backUm } = await host.until(({ isControllerConnected }) => isControllerConnected);
  expect(await stagePid()).not.toBe(firstPid);
  // It stands where it was cut off, not where a new process would begin.
  expect(backUm.x).toBeGreaterThanOrEqual(beforeUm.x);
  // The remote pushes on all the time.
  await pause(600);
  expect(host.newest()).toMatchObject({
    positionUm: backUm,
    axes: { x: 'idle' },
    fault: null,
    lease: { holder: null },
  });

  await handOver();
  await pause(300);
  // Its hand was never off.
  expect(host.newest().positionUm).toEqual(backUm);
  remote.letGo();
  await pause(200);
  remote.push({ x: 1000 });
  await host.until(({ positionUm }) => positionUm.x > backUm.x + 300);
});

test('an objective that was turned to is still there', async () => {
  const { host, killStage } = await start();
  const bench = benchHand(host);
  cleanUps.push(bench.end);
  await bench.takeControl();
  const { epoch } = host.newest().lease;
  const objectiveId = 2;
  const procedureId = 'b7d7e3a4-5f0e-4a43-8c6f-2f6f7c1f0a11';
  bench.hold(procedureId);
  const request = { kind: 'change-objective', leaseEpoch: epoch, procedureId, objectiveId } as const;
  expect(await bench.request(request)).toBeNull();
  await host.until((seen) => seen.objectiveId === objectiveId && seen.procedure === null);
  await killStage();
  await host.until(({ isControllerConnected }) => isControllerConnected);
  expect(host.newest().objectiveId).toBe(objectiveId);
});

test('a stage that ends again and again is not started without end', async () => {
  const { host, killStage } = await start();
  for (let starts = 1; starts < 5; starts++) {
    await killStage();
    await host.until(({ isControllerConnected }) => isControllerConnected);
  }
  await killStage();
  await pause(3000);
  expect(host.newest()).toMatchObject({ isControllerConnected: false, fault: 'simulator-gone' });
}, 60_000);

describe.skipIf(process.platform === 'win32')('the folder of its address', () => {
  /** A backend with its stage; what it says first is where the stage listens. */
  async function startKeeper() {
    const data = temporaryDirectory();
    const file = path.join(import.meta.dirname, '../../support/stage-keeper-process.ts');
    const keeper = spawn(process.execPath, [file, path.join(data.path, 'position.log')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    cleanUps.push(data.remove, () => keeper.kill('SIGKILL'));
    const [said] = (await once(keeper.stdout, 'data')) as [Buffer];
    const address = said.toString();
    const connection = net.connect(address);
    const [line] = (await once(connection, 'data')) as [Buffer];
    const { pid: stagePid } = StageReport.parse(JSON.parse(line.toString().split('\n', 1)[0] ?? ''));
    connection.destroy();
    return { keeper, stagePid, folder: path.dirname(address), hasEnded: text(keeper.stdout) };
  }
  const gone = async (folder: string) => {
    const deadlineMs = performance.now() + 10_000;
    while (existsSync(folder) && performance.now() < deadlineMs) await pause(50);
    return !existsSync(folder);
  };

  test('goes when the workstation ends', async () => {
    const { keeper, folder } = await startKeeper();
    expect(existsSync(folder)).toBe(true);
    keeper.stdin.end();
    expect(await gone(folder)).toBe(true);
  });

  test('of one that was killed goes with the next start, and never one in use', async () => {
    const killed = await startKeeper();
    const used = await startKeeper();
    process.kill(killed.stagePid, 'SIGKILL');
    killed.keeper.kill('SIGKILL');
    await killed.hasEnded;
    expect(existsSync(killed.folder)).toBe(true);
    await startKeeper();
    expect(existsSync(killed.folder)).toBe(false);
    expect(existsSync(used.folder)).toBe(true);
  });
});
