import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { forkHelper } from '#backend/processes/helper-process.ts';
import type { Controller } from '#device-host/drivers/controller.ts';
import { openController } from '#device-host/drivers/index.ts';
import { monotonicMs } from '#device-host/monotonic.ts';
import { readPositionLog } from '#device-host/simulated/position-log.ts';
import type { PlannedMove } from '#shared/motion/plan-move.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import { pause } from '#tests/support/device-host.ts';
import { OpenFlexureEmulator } from '#tests/support/emulators/openflexure-emulator.ts';
import { PriorEmulator } from '#tests/support/emulators/prior-emulator.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

interface Bench {
  readonly controller: Controller;
  /** How far the device itself says it has gone since it was started, in its own steps. */
  readonly travelled: () => number;
  /** Of one step, µm. */
  readonly finestUm: number;
  readonly silence: () => void;
  /** Undefined where it cannot be undone (the simulator's process is gone). */
  readonly speakAgain?: () => void;
  readonly pullCable: () => Promise<void> | void;
  readonly plugInAgain?: () => Promise<unknown>;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const length = (places: readonly PositionUm[]) =>
  places.reduce((sum, place, index) => {
    const before = places[index - 1] ?? place;
    return sum + Math.hypot(place.x - before.x, place.y - before.y, place.z - before.z);
  }, 0);

async function simulated(): Promise<Bench> {
  const folder = temporaryDirectory();
  const logPath = path.join(folder.path, 'position.log');
  const stage = forkHelper('simulated-stage');
  const socketPath = path.join(folder.path, 's');
  await new Promise((resolve) => {
    stage.onMessage(resolve);
    stage.send({ logPath, socketPath });
  });
  const controller = openController({ driver: 'simulated', socketPath });
  cleanUps.push(
    folder.remove,
    () => stage.kill(),
    () => controller.close(),
  );
  await connected(controller);
  const pid = controller.simulation()?.pid ?? 0;
  return {
    controller,
    travelled: () => length(readPositionLog(readFileSync(logPath))),
    finestUm: 1,
    silence: () => process.kill(pid, 'SIGSTOP'),
    speakAgain: () => process.kill(pid, 'SIGCONT'),
    pullCable: () => stage.kill(),
  };
}

async function prior(): Promise<Bench & { readonly emulator: PriorEmulator }> {
  const emulator = new PriorEmulator();
  const serialPath = await emulator.plugIn();
  const controller = openController({ driver: 'prior-proscan', serialPath, baudRate: 9600 });
  cleanUps.push(
    () => emulator.end(),
    () => controller.close(),
  );
  await connected(controller);
  return {
    emulator,
    controller,
    travelled: () => length([{ x: 0, y: 0, z: 0 }, ...emulator.visited]),
    finestUm: 1,
    silence: () => (emulator.isSilent = true),
    speakAgain: () => (emulator.isSilent = false),
    pullCable: () => emulator.pullCable(),
  };
}

async function openflexure(): Promise<Bench & { readonly emulator: OpenFlexureEmulator }> {
  const emulator = new OpenFlexureEmulator();
  const controller = openController({ driver: 'openflexure', url: await emulator.plugIn() });
  cleanUps.push(
    () => emulator.end(),
    () => controller.close(),
  );
  await connected(controller);
  return {
    emulator,
    controller,
    travelled: () => length([{ x: 0, y: 0, z: 0 }, ...emulator.visited]),
    finestUm: 0.088,
    silence: () => (emulator.isSilent = true),
    speakAgain: () => (emulator.isSilent = false),
    pullCable: () => emulator.pullCable(),
    plugInAgain: () => emulator.plugIn(),
  };
}

const connected = (controller: Controller) => until(() => controller.state().axes.x === 'idle');

async function until(holds: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadlineMs) throw new Error(`never: ${holds.toString()}`);
    await pause(5);
  }
}

const move = (controller: Controller, axes: PlannedMove) =>
  controller.move({ axes, durationMs: 120, acceptedAtMs: monotonicMs() });

describe.each([
  ['simulated', simulated],
  ['Prior ProScan III', prior],
  ['OpenFlexure', openflexure],
] as const)('%s', (_name, start: () => Promise<Bench>) => {
  test('opening moves nothing', async () => {
    const { controller, travelled } = await start();
    await pause(300);
    expect(travelled()).toBe(0);
    expect(controller.state()).toMatchObject({ isConnected: true, fault: null });
  });

  test('a move ends by itself when its time is over', async () => {
    const { controller } = await start();
    const fromUm = controller.state().positionUm.x;
    move(controller, { x: { towardUm: fromUm + 10_000, speedUmPerS: 1000 } });
    await until(() => controller.state().axes.x === 'moving');
    await until(() => controller.state().axes.x === 'idle');
    await pause(300);
    const movedUm = controller.state().positionUm.x - fromUm;
    expect(movedUm).toBeGreaterThan(5);
    // 120 ms at 1 mm/s, and what a ramp adds.
    expect(movedUm).toBeLessThan(190);
  });

  test('a place is reached by moves that are meant again and again, and read back', async () => {
    const { controller } = await start();
    const { x, y, z } = controller.state().positionUm;
    const { stage, focus } = controller.toleranceUm;
    const isThere = () => {
      const { positionUm, axes } = controller.state();
      return (
        axes.x === 'idle' &&
        Math.abs(positionUm.x - x - 400) <= stage &&
        Math.abs(positionUm.y - y + 150) <= stage &&
        Math.abs(positionUm.z - z - 12) <= focus
      );
    };
    const deadlineMs = performance.now() + 10_000;
    while (!isThere() && performance.now() < deadlineMs) {
      move(controller, {
        x: { towardUm: x + 400, speedUmPerS: 2000 },
        y: { towardUm: y - 150, speedUmPerS: 750 },
        z: { towardUm: z + 12, speedUmPerS: 300 },
      });
      await pause(40);
    }
    expect(isThere()).toBe(true);
  });

  test('a stop ends what is under way', async () => {
    const { controller } = await start();
    const fromUm = controller.state().positionUm.x;
    move(controller, { x: { towardUm: fromUm + 10_000, speedUmPerS: 2000 } });
    await pause(60);
    controller.stop();
    await pause(400);
    expect(controller.state().axes.x).toBe('idle');
    expect(controller.state().positionUm.x - fromUm).toBeLessThan(230);
  });

  test('silence is unknown, and what was meant meanwhile is never done', async () => {
    const { controller, silence, speakAgain, travelled } = await start();
    silence();
    await until(() => controller.state().axes.x === 'unknown');
    expect(controller.state().isConnected).toBe(false);
    expect(controller.state().fault).toMatch(/^(?:controller|simulator)-/);
    speakAgain?.();
    await until(() => controller.state().axes.x === 'idle');
    await pause(300);
    expect(travelled()).toBe(0);
  });

  test('with the cable out in the middle of a move the state is unknown', async () => {
    const { controller, pullCable, plugInAgain, travelled, finestUm } = await start();
    move(controller, { x: { towardUm: 10_000, speedUmPerS: 1000 } });
    await pause(60);
    await pullCable();
    await until(() => controller.state().axes.x === 'unknown');
    expect(controller.state().isConnected).toBe(false);
    expect(controller.state().fault).toMatch(/^(?:controller|simulator)-/);
    await pause(200);
    const before = travelled();
    move(controller, { x: { towardUm: -10_000, speedUmPerS: 1000 } });
    if (plugInAgain) {
      await plugInAgain();
      await until(() => controller.state().axes.x === 'idle');
    }
    await pause(300);
    expect(travelled()).toBe(before);
    expect(before).toBeLessThan(200 / finestUm);
  });
});

test('Prior: garbage is no position, answers in pieces are', async () => {
  const { controller, emulator } = await prior();
  emulator.instead = '\u0007##, 12';
  await until(() => controller.state().fault === 'controller-garbled');
  expect(controller.state().axes.x).toBe('unknown');
  await until(() => controller.state().axes.x === 'idle');
  emulator.isHalting = true;
  move(controller, { x: { towardUm: 100, speedUmPerS: 500 } });
  await until(() => controller.state().positionUm.x > 5);
  expect(controller.state().fault).toBeNull();
});

test('Prior: an error is said by its plain code, and the controller stays known', async () => {
  const { controller, emulator } = await prior();
  for (const [answer, fault] of [
    ['E,8', 'value-out-of-range'],
    ['E,18', 'queue-full'],
    ['E,4', 'command-refused'],
  ] as const) {
    emulator.instead = answer;
    move(controller, { x: { towardUm: 100, speedUmPerS: 500 } });
    await until(() => controller.state().fault === fault);
    expect(controller.state().isConnected).toBe(true);
  }
});

test('Prior: standard mode first, Z read again after moves, never driven to its end switches', async () => {
  const { controller, emulator } = await prior();
  move(controller, { z: { towardUm: 10, speedUmPerS: 200 } });
  await until(() => controller.state().positionUm.z > 1);
  await until(() => controller.state().axes.z === 'idle');
  expect(controller.state().positionUm.z).toBeCloseTo(emulator.position.z * 0.1, 3);
  expect(emulator.commands[0]).toBe('COMP 0');
  const raised = emulator.commands.findIndex((command) => command.startsWith('U,'));
  expect(emulator.commands.slice(raised)).toContain('PZ');
  expect(emulator.commands.filter((command) => /^(SIS|VS|G,)/.test(command))).toEqual([]);
});

test('Prior: an end switch is said so, and the way back is open', async () => {
  const { controller, emulator } = await prior();
  emulator.endOfXSteps = 40;
  const push = (towardUm: number) => move(controller, { x: { towardUm, speedUmPerS: 1000 } });
  const pushing = setInterval(() => push(500), 40);
  cleanUps.push(() => clearInterval(pushing));
  await until(() => controller.state().fault === 'limit-switch');
  clearInterval(pushing);
  expect(controller.state()).toMatchObject({ isConnected: true, positionUm: { x: 40 } });
  push(0);
  await until(() => controller.state().positionUm.x < 20);
  await until(() => controller.state().fault === null);
});

test('Prior: a step that was stopped short is no end switch', async () => {
  const { controller, emulator } = await prior();
  move(controller, { x: { towardUm: 10_000, speedUmPerS: 2000 } });
  await until(() => emulator.commands.some((command) => command.startsWith('GR,')));
  controller.stop();
  await until(() => emulator.commands.includes('LMT'));
  await until(() => controller.state().axes.x === 'idle');
  expect(controller.state().fault).toBeNull();
});

test('Prior: a stop does not wait for the answer to a move', async () => {
  const { controller, emulator } = await prior();
  move(controller, { x: { towardUm: 10_000, speedUmPerS: 2000 } });
  const isStep = (command: string) => command.startsWith('GR,');
  await until(() => emulator.commands.some(isStep));
  controller.stop();
  await until(() => emulator.commands.includes('K'));
  expect(emulator.commands[emulator.commands.findIndex(isStep) + 1]).toBe('K');
});

test('Prior: a port that is not there is said so', async () => {
  const controller = openController({
    driver: 'prior-proscan',
    serialPath: '/dev/there-is-no-such-port',
    baudRate: 9600,
  });
  cleanUps.push(() => controller.close());
  await until(() => controller.state().fault === 'controller-not-found');
  expect(controller.state().axes.x).toBe('unknown');
});

test('OpenFlexure: a page of somebody else is garbage, a locked stage is said so', async () => {
  const { controller, emulator } = await openflexure();
  emulator.isLocked = true;
  move(controller, { x: { towardUm: 100, speedUmPerS: 500 } });
  await until(() => controller.state().fault === 'controller-locked');
  emulator.isGarbled = true;
  await until(() => controller.state().fault === 'controller-garbled');
  expect(controller.state().axes.x).toBe('unknown');
});
