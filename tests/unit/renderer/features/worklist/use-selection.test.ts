import { beforeEach, expect, test } from 'vitest';
import { selectOnly } from '#renderer/features/worklist/selection.ts';
import { selectionIn, studyInFocus } from '#renderer/features/worklist/use-selection.ts';
import type { StudyRows } from '#renderer/features/worklist/use-study-rows.ts';
import { select } from '#renderer/features/worklist/worklist-store.ts';
import { StudyFilter } from '#shared/contract/study.ts';
import type { StudySummary } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';

/** Rows of which only these places are here. */
const rowsOf = (total: number, studies: ReadonlyMap<number, number>): StudyRows => ({
  total,
  shown: {
    filter: StudyFilter.parse({}),
    sort: { column: 'studyDate', descending: true },
  },
  error: null,
  at: (index) => {
    const key = studies.get(index);
    return key === undefined ? undefined : ({ studyKey: key as StudyKey } as StudySummary);
  },
  indexOf: (key) => [...studies].find(([, study]) => study === key)?.[0],
  loadKeys: () => Promise.resolve([]),
});

const key = (study: number) => study as StudyKey;

beforeEach(() => select(selectOnly({ index: 1, key: key(11) })));

test('a key pressed before the effect has followed new rows acts on the chosen study', () => {
  const rows = rowsOf(
    3,
    new Map([
      [0, 9],
      [1, 10],
      [2, 11],
    ]),
  );
  const selection = selectionIn(rows);
  expect(selection.focus).toEqual({ index: 2, key: key(11) });
  expect(studyInFocus(selection, rows)?.studyKey).toBe(11);
});

test('a chosen study that is in none of the pages here is not mistaken for the one in its place', () => {
  const rows = rowsOf(
    300,
    new Map([
      [0, 9],
      [1, 10],
    ]),
  );
  expect(studyInFocus(selectionIn(rows), rows)).toBeUndefined();
});

test('a row that was reached before its page is there becomes its study', () => {
  select(selectOnly({ index: 1, key: undefined }));
  const rows = rowsOf(2, new Map([[1, 10]]));
  expect(studyInFocus(selectionIn(rows), rows)?.studyKey).toBe(10);
});
