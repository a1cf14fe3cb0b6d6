import { expect, test } from 'vitest';
import { trendOf, verdictOf } from '#tests/support/soak/trend.ts';

const HOUR_MS = 3_600_000;

/** An hour of samples every 30 seconds that waver by a fixed pattern around a line. */
const anHour = (perHour: number, waver: number) =>
  Array.from({ length: 120 }, (_, index) => {
    const atMs = (index * HOUR_MS) / 120;
    return { atMs, value: 200 + (perHour * atMs) / HOUR_MS + waver * Math.sin(index * 7.3) };
  });

test('a line without wavering is found as it is', () => {
  const trend = trendOf(anHour(12, 0));
  expect(trend?.perHour).toBeCloseTo(12, 6);
  expect(trend?.from).toBeCloseTo(12, 6);
  expect(trend?.to).toBeCloseTo(12, 6);
});

test('the interval is that of the textbook', () => {
  // y = 1, 3, 2, 5, 4 at x = 0…4 hours: slope 0.8, standard error sqrt(3.6 / 3 / 10), t = 3.18 with 3 degrees.
  const values = [1, 3, 2, 5, 4];
  const trend = trendOf(values.map((value, hour) => ({ atMs: hour * HOUR_MS, value })));
  expect(trend?.perHour).toBeCloseTo(0.8, 9);
  expect(trend?.to).toBeCloseTo(0.8 + 3.18 * Math.sqrt(0.12), 9);
});

test('growth through wavering is growth, wavering alone is none', () => {
  const verdict = (perHour: number, waver: number) => {
    const trend = trendOf(anHour(perHour, waver));
    return trend && verdictOf(trend, 5);
  };
  expect(verdict(50, 8)).toBe('grows');
  expect(verdict(0, 8)).toBe('steady');
  expect(verdict(5, 20)).toBe('undecided');
});

test('too few samples tell nothing', () => {
  expect(trendOf(anHour(50, 0).slice(0, 3))).toBeUndefined();
});
