import { expect, test } from 'vitest';
import type { Controller, ControllerState, FiniteMove } from '#device-host/drivers/controller.ts';
import { Engine } from '#device-host/engine.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';

/** A controller that never ends a move by itself. */
function endless() {
  const moves: FiniteMove[] = [];
  const stops: number[] = [];
  const state: ControllerState = {
    isConnected: true,
    fault: null,
    positionUm: { x: 0, y: 0, z: 0 },
    axes: { x: 'idle', y: 'idle', z: 'idle' },
    objectiveId: 1,
    turret: 'idle',
    lampPercent: null,
  };
  let nowMs = 1000;
  const controller: Controller = {
    state: () => state,
    move: (move) => void moves.push(move),
    stop: () => void stops.push(nowMs),
    turret: { isByHand: true, turnTo: () => Promise.resolve() },
    lamp: null,
    toleranceUm: { stage: 1, focus: 1 },
    brakingUmPerS2: { stage: 100_000, focus: 10_000 },
    simulation: () => null,
    onOptics: () => {},
    close: () => {},
  };
  const engine = new Engine({ controller, configuration: () => simulatedMicroscope, nowMs: () => nowMs });
  return { engine, moves, stops, pass: (ms: number) => ((nowMs += ms), engine.watch()) };
}

test('the watchdog stops what nobody means any more, whatever the controller does', () => {
  const { engine, stops, pass } = endless();
  engine.velocity({ x: 1000, y: 0, z: 0 }, 1000);
  pass(110);
  expect(stops).toEqual([]);
  pass(15);
  expect(stops).toEqual([1125]);
});

test('no move is longer than an intent lives, or faster than it can end', () => {
  const { engine, moves, pass } = endless();
  engine.velocity({ x: 50_000, y: 0, z: 5000 }, 1000);
  pass(30);
  engine.velocity({ x: 50_000, y: 0, z: 5000 }, 1000);
  engine.target('t', { x: 9000 }, 900);
  expect(moves.map(({ durationMs }) => durationMs)).toEqual([120, 90]);
  for (const { axes } of moves) {
    expect((axes.x?.speedUmPerS ?? 0) / 100_000).toBeLessThanOrEqual(0.06);
    expect((axes.z?.speedUmPerS ?? 0) / 10_000).toBeLessThanOrEqual(0.06);
  }
});

test('a target that was reached is not gone to again', () => {
  const { engine, moves } = endless();
  expect(engine.target('t', { x: 0.5 }, 1000)).toBeNull();
  expect(engine.target('t', { x: 0.5 }, 1040)).toBeNull();
  expect(moves).toEqual([]);
});
