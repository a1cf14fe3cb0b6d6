import { expect, test } from 'vitest';
import {
  dayOf,
  everything,
  filterOf,
  isFiltered,
  nextSort,
  parseTypedDate,
  readQuery,
  writeQuery,
} from '#renderer/features/worklist/worklist-query.ts';
import type { WorklistQuery } from '#renderer/features/worklist/worklist-query.ts';

test('a query comes back from the address as it was', () => {
  const query: WorklistQuery = {
    text: '山田 CT',
    modalities: ['CT', 'MR'],
    facilities: ['島の病院, 分院', 'A%B'],
    date: 'range',
    from: '20260101',
    to: '20260214',
    isUnreadOnly: true,
    sort: { column: 'patientName', descending: true },
  };
  expect(readQuery(writeQuery(query))).toEqual(query);
  expect(writeQuery(everything)).toEqual({});
  expect(readQuery({})).toEqual(everything);
});

test('nonsense in an address is left out', () => {
  expect(readQuery({ date: 'sometime', sort: '__proto__', from: '20260101', facility: '%E0%A4%A' })).toEqual(
    everything,
  );
});

test('presets are days of today, across months and years', () => {
  const bounds = (query: Partial<WorklistQuery>, today: string) => {
    const { dateFrom, dateTo } = filterOf({ ...everything, ...query }, today);
    return [dateFrom, dateTo];
  };
  expect(bounds({ date: 'today' }, '20260301')).toEqual(['20260301', '20260301']);
  expect(bounds({ date: 'yesterday' }, '20260301')).toEqual(['20260228', '20260228']);
  expect(bounds({ date: 'week' }, '20260103')).toEqual(['20251228', '20260103']);
  expect(bounds({ date: 'range', from: '20260214', to: '20260101' }, '20260301')).toEqual([
    '20260101',
    '20260214',
  ]);
  expect(bounds({ date: 'all', from: '20260101' }, '20260301')).toEqual(['', '']);
});

test('dates as people type them', () => {
  for (const text of ['20260214', '2026-02-14', '2026/2/14', '２０２６．２．１４', '2026年2月14日']) {
    expect(parseTypedDate(text)).toBe('20260214');
  }
  for (const text of ['', '2026', '20260231', '2026-13-01', 'abc'])
    expect(parseTypedDate(text)).toBeUndefined();
});

test('the same header again turns the order round', () => {
  const byName = nextSort(everything.sort, 'patientName');
  expect(byName).toEqual({ column: 'patientName', descending: false });
  expect(nextSort(byName, 'patientName').descending).toBe(true);
  expect(nextSort(byName, 'studyDate').descending).toBe(true);
});

test('sorting is no filter', () => {
  expect(isFiltered({ ...everything, sort: { column: 'patientId', descending: false } })).toBe(false);
  expect(isFiltered({ ...everything, isUnreadOnly: true })).toBe(true);
});

test('the day is that of this workstation', () => {
  expect(dayOf(new Date('2026-02-14T20:00:00Z'), 'Asia/Tokyo')).toBe('20260215');
});
