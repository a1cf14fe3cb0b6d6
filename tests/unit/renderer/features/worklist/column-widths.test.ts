import { expect, test } from 'vitest';
import { fittingColumns, leastWidthPx, sharedWidths } from '#renderer/features/worklist/column-widths.ts';

const RAIL_PX = 52;

/** Columns and their widths in px in a window of this width. */
function widthsIn(windowPx: number): ReadonlyMap<string, number> {
  const shown = fittingColumns(windowPx - RAIL_PX);
  const widths = sharedWidths(shown, windowPx - RAIL_PX);
  return new Map(shown.map((id, index) => [id, widths[index] ?? Number.NaN]));
}

test.each([1024, 1280, 1600, 1920, 3840])('in a window of %i px the columns fit', (windowPx) => {
  const widths = widthsIn(windowPx);
  expect([...widths.values()].reduce((sum, width) => sum + width, 0)).toBeLessThanOrEqual(windowPx - RAIL_PX);
  for (const id of fittingColumns(windowPx - RAIL_PX)) {
    expect(widths.get(id), id).toBeGreaterThanOrEqual(leastWidthPx([id]));
  }
});

test.each([1280, 1600, 1920])('in a window of %i px a facility of ten letters is not cut off', (windowPx) => {
  // 13 px a letter and 8 px of margin on both sides.
  expect(widthsIn(windowPx).get('facility')).toBeGreaterThanOrEqual(10 * 13 + 16);
});

test('a list too narrow for everything keeps who, when and what', () => {
  expect([...widthsIn(700).keys()]).toEqual([
    'state',
    'name',
    'id',
    'sexAge',
    'date',
    'modality',
    'description',
  ]);
});
