import { studySortColumns } from '#shared/contract/study.ts';
import type { StudyFilter, StudySort, StudySortColumn } from '#shared/contract/study.ts';

export const datePresets = ['all', 'today', 'yesterday', 'week', 'range'] as const;
export type DatePreset = (typeof datePresets)[number];

/** What the person asked to see. A preset stays a preset: "today" is another day tomorrow. */
export interface WorklistQuery {
  readonly text: string;
  readonly modalities: readonly string[];
  readonly facilities: readonly string[];
  readonly date: DatePreset;
  /** YYYYMMDD or empty; only for `range`. */
  readonly from: string;
  readonly to: string;
  readonly isUnreadOnly: boolean;
  readonly sort: StudySort;
}

export const defaultSort: StudySort = { column: 'studyDate', descending: true };

export const everything: WorklistQuery = {
  text: '',
  modalities: [],
  facilities: [],
  date: 'all',
  from: '',
  to: '',
  isUnreadOnly: false,
  sort: defaultSort,
};

/** From the part of the address behind '?'; whatever makes no sense is left out. */
export function readQuery(query: Readonly<Record<string, string>>): WorklistQuery {
  const date = datePresets.find((preset) => preset === query['date']) ?? 'all';
  const column = studySortColumns.find((name) => name === query['sort']) ?? defaultSort.column;
  return {
    text: query['text'] ?? '',
    modalities: readList(query['modality']),
    facilities: readList(query['facility']),
    date,
    from: date === 'range' ? readDate(query['from']) : '',
    to: date === 'range' ? readDate(query['to']) : '',
    isUnreadOnly: query['unread'] === '1',
    sort: {
      column,
      descending: query['order'] === undefined ? isNaturallyDescending(column) : query['order'] === 'down',
    },
  };
}

/** For the address: only what differs from everything. */
export function writeQuery(query: WorklistQuery): Readonly<Record<string, string>> {
  const { sort } = query;
  return {
    ...(query.text !== '' && { text: query.text }),
    ...(query.modalities.length > 0 && { modality: writeList(query.modalities) }),
    ...(query.facilities.length > 0 && { facility: writeList(query.facilities) }),
    ...(query.date !== 'all' && { date: query.date }),
    ...(query.date === 'range' && query.from !== '' && { from: query.from }),
    ...(query.date === 'range' && query.to !== '' && { to: query.to }),
    ...(query.isUnreadOnly && { unread: '1' }),
    ...(sort.column !== defaultSort.column && { sort: sort.column }),
    ...(sort.descending !== isNaturallyDescending(sort.column) && { order: sort.descending ? 'down' : 'up' }),
  };
}

/** What to ask the archive for. `today` is the day at this workstation, YYYYMMDD. */
export function filterOf(query: WorklistQuery, today: string): StudyFilter {
  const [dateFrom, dateTo] = dateBounds(query, today);
  return {
    text: query.text.trim(),
    modalities: [...query.modalities],
    facilities: [...query.facilities],
    dateFrom,
    dateTo,
    readState: query.isUnreadOnly ? 'unread' : 'any',
  };
}

export function isFiltered(query: WorklistQuery): boolean {
  return Object.keys(writeQuery({ ...query, sort: defaultSort })).length > 0;
}

/** A click on a header: sorts by it, or turns the order round. */
export function nextSort(current: StudySort, column: StudySortColumn): StudySort {
  if (current.column !== column) return { column, descending: isNaturallyDescending(column) };
  return { column, descending: !current.descending };
}

/** Newest and largest first; names and numbers from the beginning. */
function isNaturallyDescending(column: StudySortColumn): boolean {
  return column === 'studyDate' || column === 'receivedAt' || column === 'instanceCount';
}

function dateBounds({ date, from, to }: WorklistQuery, today: string): [from: string, to: string] {
  switch (date) {
    case 'today':
      return [today, today];
    case 'yesterday':
      return [daysBefore(today, 1), daysBefore(today, 1)];
    case 'week':
      return [daysBefore(today, 6), today];
    case 'range':
      return from !== '' && to !== '' && from > to ? [to, from] : [from, to];
    default:
      return ['', ''];
  }
}

/** Both YYYYMMDD. */
function daysBefore(day: string, days: number): string {
  const [year = 0, month = 1, date = 1] = [day.slice(0, 4), day.slice(4, 6), day.slice(6, 8)].map(Number);
  return dayOf(new Date(Date.UTC(year, month - 1, date - days, 12)), 'UTC');
}

/** The day of a moment as YYYYMMDD, in the zone of this workstation if none is given. */
export function dayOf(moment: Date, timeZone?: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone !== undefined && { timeZone }),
  }).format(moment);
  return parts.replaceAll('-', '');
}

/** What a person may type for a date: 2026-02-14, 2026/2/14, 20260214, also in full width. */
export function parseTypedDate(text: string): string | undefined {
  const plain = text.normalize('NFKC').trim();
  const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain);
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  const [, year, month, date] = compact ?? parts ?? [];
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const day = `${year}${month.padStart(2, '0')}${date.padStart(2, '0')}`;
  return daysBefore(day, 0) === day ? day : undefined;
}

function readDate(text: string | undefined): string {
  return text === undefined ? '' : (parseTypedDate(text) ?? '');
}

/** Names may hold a comma, so each is encoded on its own. */
function writeList(values: readonly string[]): string {
  return values.map(encodeURIComponent).join(',');
}

function readList(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return [];
  try {
    return text.split(',').map(decodeURIComponent);
  } catch {
    return [];
  }
}
