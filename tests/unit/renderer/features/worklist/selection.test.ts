import { expect, test } from 'vitest';
import {
  followRows,
  nothingSelected,
  selectOnly,
  selectRange,
  toggleRow,
  withoutStudies,
} from '#renderer/features/worklist/selection.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';

const key = (number: number) => number as StudyKey;
const rows = (...keys: number[]) => ({
  keyAt: (index: number) => (keys[index] === undefined ? undefined : key(keys[index])),
  indexOf: (wanted: StudyKey) => (keys.includes(wanted) ? keys.indexOf(wanted) : undefined),
  total: keys.length,
});
const place = (index: number, study: number | undefined) => ({
  index,
  key: study === undefined ? undefined : key(study),
});

test('click, Ctrl and Shift', () => {
  const { keyAt } = rows(10, 11, 12, 13, 14);
  let selection = selectOnly(place(1, 11));
  expect([...selection.keys]).toEqual([11]);
  selection = toggleRow(selection, place(3, 13));
  expect([...selection.keys]).toEqual([11, 13]);
  selection = toggleRow(selection, place(1, 11));
  expect([...selection.keys]).toEqual([13]);
  selection = selectRange(selection, place(4, 14), keyAt);
  expect([...selection.keys]).toEqual([11, 12, 13, 14]);
  selection = selectRange(selection, place(0, 10), keyAt);
  expect([...selection.keys]).toEqual([10, 11]);
});

test('a new study above moves the focus with its study', () => {
  const selection = selectOnly(place(1, 11));
  const { indexOf, keyAt, total } = rows(9, 10, 11);
  expect(followRows(selection, indexOf, keyAt, total)).toEqual({
    keys: new Set([11]),
    focus: place(2, 11),
    anchor: place(2, 11),
  });
});

test('a row that was reached before it was loaded is chosen when it is', () => {
  const selection = selectOnly(place(2, undefined));
  const { indexOf, keyAt, total } = rows(9, 10, 11);
  expect(followRows(selection, indexOf, keyAt, total).keys).toEqual(new Set([11]));
});

test('studies that are gone are no longer chosen, and the next row takes the focus', () => {
  const selection = withoutStudies(selectOnly(place(1, 11)), new Set([key(11)]));
  expect(selection.keys.size).toBe(0);
  const { indexOf, keyAt, total } = rows(10, 12);
  expect(followRows(selection, indexOf, keyAt, total)).toMatchObject({
    keys: new Set([12]),
    focus: place(1, 12),
  });
});

test('the last row of a list that became shorter takes the focus', () => {
  const selection = withoutStudies(selectOnly(place(2, 12)), new Set([key(12)]));
  const { indexOf, keyAt, total } = rows(10, 11);
  expect(followRows(selection, indexOf, keyAt, total).focus).toEqual(place(1, 11));
  expect(
    followRows(
      selection,
      () => undefined,
      () => undefined,
      0,
    ).focus,
  ).toBeUndefined();
});

test('nothing changes, nothing is made anew', () => {
  const { indexOf, keyAt, total } = rows(10, 11);
  const selection = selectOnly(place(1, 11));
  expect(followRows(selection, indexOf, keyAt, total)).toBe(selection);
  expect(withoutStudies(selection, new Set([key(5)]))).toBe(selection);
  expect(followRows(nothingSelected, indexOf, keyAt, total)).toBe(nothingSelected);
});
