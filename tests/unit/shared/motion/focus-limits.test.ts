import { expect, test } from 'vitest';
import { areLimitsTighter, limitsAroundFocus } from '#shared/motion/focus-limits.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';

test('limits around the focus of a test slide leave room to search, and are never wider than before', () => {
  for (const objective of simulatedMicroscope.objectives) {
    const present = objective.focusLimitsUm;
    const focusUm = objective.parfocalOffsetUm + 12;
    const limits = limitsAroundFocus(objective, focusUm);
    expect(areLimitsTighter(limits, focusUm, present)).toBe(true);
    expect(limits.maximum - focusUm).toBeGreaterThan(20);
    expect(limits.maximum).toBeLessThanOrEqual(present.maximum);
  }
});

test('what is wider than before, or leaves the focus outside, is not taken', () => {
  const present = { minimum: -80, maximum: 80 };
  expect(areLimitsTighter({ minimum: -80, maximum: 81 }, 0, present)).toBe(false);
  expect(areLimitsTighter({ minimum: -81, maximum: 60 }, 0, present)).toBe(false);
  expect(areLimitsTighter({ minimum: -60, maximum: 60 }, 61, present)).toBe(false);
  expect(areLimitsTighter({ minimum: -60, maximum: 60 }, 5, present)).toBe(true);
});
