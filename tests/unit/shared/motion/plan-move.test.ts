import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planTarget, planVelocity } from '#shared/motion/plan-move.ts';
import { axes } from '#shared/motion/position.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import {
  SLOW_FOCUS_UM_PER_S,
  SLOW_FOCUS_ZONE_UM,
  ceilingsWith,
  focusLeg,
  limitsWith,
  positionWithObjective,
} from '#shared/motion/soft-limits.ts';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const position = fc.record({ x: number, y: number, z: number });
const objectiveId = fc.constantFrom(1, 2, 3, 4, 5, 6, null);

function boundsOf(id: number | null) {
  const limits = limitsWith(simulatedMicroscope, id);
  return { limits, focusRange: limits.z, ceilings: ceilingsWith(simulatedMicroscope, id) };
}

test('no velocity leads beyond a limit or above a ceiling, from wherever it starts', () => {
  fc.assert(
    fc.property(position, position, objectiveId, (velocity, from, id) => {
      const bounds = boundsOf(id);
      const planned = planVelocity(velocity, from, bounds) ?? {};
      for (const axis of axes) {
        const move = planned[axis];
        if (!move) continue;
        const { minimum, maximum } = bounds.limits[axis];
        expect(move.towardUm).toBeGreaterThanOrEqual(minimum);
        expect(move.towardUm).toBeLessThanOrEqual(maximum);
        expect(Math.sign(move.towardUm - from[axis])).toBe(Math.sign(velocity[axis]));
      }
      const stage = Math.hypot(planned.x?.speedUmPerS ?? 0, planned.y?.speedUmPerS ?? 0);
      expect(stage).toBeLessThanOrEqual(bounds.ceilings.stageUmPerS * 1.000001);
      expect(planned.z?.speedUmPerS ?? 0).toBeLessThanOrEqual(bounds.ceilings.focusUmPerS);
    }),
    { numRuns: 2000 },
  );
});

test('a target is approached in a straight line, within the ceiling', () => {
  const planned = planTarget({ x: 300, y: 400 }, { x: 0, y: 0, z: 0 }, boundsOf(5));
  expect(planned).toEqual({
    x: { towardUm: 300, speedUmPerS: 1800 },
    y: { towardUm: 400, speedUmPerS: 2400 },
  });
});

test('focus is slow near the slide, and never on the way away from it', () => {
  const range = { minimum: -80, maximum: 80 };
  const zoneUm = 80 - SLOW_FOCUS_ZONE_UM;
  expect(focusLeg(0, 80, 100, range)).toEqual({ towardUm: zoneUm, speedUmPerS: 100 });
  expect(focusLeg(zoneUm, 80, 100, range)).toEqual({ towardUm: 80, speedUmPerS: SLOW_FOCUS_UM_PER_S });
  expect(focusLeg(80, 0, 100, range)).toEqual({ towardUm: 0, speedUmPerS: 100 });
});

test('without an objective in place the limits of all hold', () => {
  expect(limitsWith(simulatedMicroscope, null).z).toEqual({ minimum: -38, maximum: 42 });
  expect(ceilingsWith(simulatedMicroscope, null)).toEqual({ stageUmPerS: 1000, focusUmPerS: 40 });
});

test('another objective shows the same point in focus', () => {
  const [first, second] = simulatedMicroscope.objectives;
  if (!first || !second) throw new Error('two objectives are needed');
  const there = positionWithObjective({ x: 100, y: 50, z: 3 }, first, second);
  expect(there).toEqual({ x: 120, y: 38, z: 9 });
  expect(positionWithObjective(there, second, first)).toEqual({ x: 100, y: 50, z: 3 });
});
