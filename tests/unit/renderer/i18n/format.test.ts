import { expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDicomDate,
  formatDicomTime,
  formatDuration,
  formatFixed,
} from '#renderer/i18n/format.ts';

test('dates carry their weekday, and what is no date is shown as it is', () => {
  expect(formatDicomDate('20260214', 'ja')).toBe('2026-02-14 (土)');
  expect(formatDicomDate('20260214', 'en')).toBe('2026-02-14 (Sat)');
  expect(formatDicomDate('', 'ja')).toBe('');
  expect(formatDicomDate('20260231', 'ja')).toBe('20260231');
  expect(formatDicomDate('2026', 'ja')).toBe('2026');
});

test('times may lack their minutes', () => {
  expect(formatDicomTime('134502.123')).toBe('13:45');
  expect(formatDicomTime('13')).toBe('13');
  expect(formatDicomTime('')).toBe('');
});

test('bytes, durations and counts', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(999)).toBe('999 B');
  expect(formatBytes(157_286_400)).toBe('157 MB');
  expect(formatBytes(1_570_000_000)).toBe('1.57 GB');
  expect(formatDuration(3723)).toBe('1:02:03');
  expect(formatDuration(59.6)).toBe('1:00');
  expect(formatCount(100_000)).toBe('100,000');
});

test('what rounds to nothing has no sign', () => {
  expect([-0.04, 0, -0, -0.06, 12.34, -3].map((value) => formatFixed(value, 1))).toEqual([
    '0.0',
    '0.0',
    '0.0',
    '-0.1',
    '12.3',
    '-3.0',
  ]);
});
