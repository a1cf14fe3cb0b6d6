import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { focusPlaces, isBracketed, isPastPeak, peakUm } from '#shared/motion/focus-search.ts';

test('the top of a bell is found between the places that were measured', () => {
  fc.assert(
    fc.property(fc.double({ min: -2, max: 2, noNaN: true }), (focusUm) => {
      const samples = [-3, -1.5, 0, 1.5, 3].map((zUm) => ({
        zUm,
        score: Math.exp(-((zUm - focusUm) ** 2) / 8),
      }));
      expect(peakUm(samples)).toBeCloseTo(focusUm, 6);
    }),
  );
});

test('a best place at the end is its own top', () => {
  expect(
    peakUm([
      { zUm: 0, score: 1 },
      { zUm: 1, score: 2 },
    ]),
  ).toBe(1);
  expect(peakUm([])).toBeUndefined();
});

test('another look at the best place changes nothing', () => {
  const samples = [1, 3, 2].map((score, zUm) => ({ zUm, score }));
  const again = [...samples, { zUm: 1, score: 2.9 }];
  expect(peakUm(again)).toBe(peakUm(samples));
});

test('a best place is bracketed once two after it are clearly lower', () => {
  const rising = (...scores: number[]) => scores.map((score, zUm) => ({ zUm, score }));
  expect(isBracketed(rising(5, 9, 8, 5))).toBe(true);
  expect(isBracketed(rising(5, 9, 8))).toBe(false);
  expect(isBracketed(rising(9, 8, 5))).toBe(false);
  expect(isBracketed(rising(5, 9, 8.9, 5))).toBe(false);
});

test('places stay within the range, and a fallen curve is not climbed further', () => {
  expect(focusPlaces(0, 10, 5, { minimum: -12, maximum: 12 })).toEqual([-10, 0, 10]);
  expect(isPastPeak([9, 10, 5, 4].map((score, zUm) => ({ zUm, score })))).toBe(true);
  expect(isPastPeak([9, 10, 5, 9].map((score, zUm) => ({ zUm, score })))).toBe(false);
});
