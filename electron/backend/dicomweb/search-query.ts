import type { WebCondition, WebLevel } from '#shared/domain/instance-search.ts';
import { isUid } from '#shared/domain/identifiers.ts';
import { tagOfKeyword } from '../processes/keywords.ts';
import { HttpFailure } from './http-failure.ts';
import type { Route } from './route.ts';
import { searchKeys } from './search-keys.ts';
import type { SearchKey } from './search-keys.ts';

/** What a search asks for, PS3.18 section 8.3.4. */
export interface SearchQuery {
  readonly level: WebLevel;
  readonly conditions: readonly WebCondition[];
  /** Tags the client wants besides; undefined stands for all. */
  readonly includeTags: readonly string[] | undefined;
  readonly offset: number;
  readonly limit: number;
  /** What of the question could not be considered. */
  readonly warnings: readonly string[];
}

/** More results than anybody reads at once; the rest is had with `offset`. */
const MAXIMUM_RESULTS = 10_000;
const DEFAULT_RESULTS = 1_000;
const levels: readonly WebLevel[] = ['study', 'series', 'instance'];
const OWN_PARAMETERS = new Set(['accept', 'charset', 'includefield', 'limit', 'offset', 'fuzzymatching']);
const UNSUPPORTED_PARAMETERS = new Set(['emptyvaluematching', 'multiplevaluematching']);

/** @throws HttpFailure 400 */
export function readSearchQuery(url: URL, level: WebLevel, route: Route): SearchQuery {
  const isFuzzy = readBoolean(url, 'fuzzymatching');
  const conditions: WebCondition[] = [];
  if (route.studyUid) conditions.push({ column: 'studyUid', kind: 'equals', values: [route.studyUid] });
  if (route.seriesUid) conditions.push({ column: 'seriesUid', kind: 'equals', values: [route.seriesUid] });
  const warnings: string[] = [];
  for (const [name, value] of url.searchParams) {
    if (OWN_PARAMETERS.has(name)) continue;
    if (UNSUPPORTED_PARAMETERS.has(name)) {
      if (value === 'true') warnings.push(`The ${name} parameter is not supported.`);
      continue;
    }
    const found = findKey(name);
    if (!found || found.matching === 'none' || levels.indexOf(found.level) > levels.indexOf(level)) {
      warnings.push(`Matching by ${name} is not supported here; it was ignored.`);
      continue;
    }
    const condition = conditionOf(found, value.trim(), isFuzzy);
    if (condition) conditions.push(condition);
  }
  return { level, conditions, warnings, ...readPage(url), includeTags: readIncludeTags(url) };
}

/** The key of a tag or keyword, undefined for attributes that are none. @throws HttpFailure 400 */
function findKey(name: string): SearchKey | undefined {
  const tag = tagOf(name);
  return searchKeys.find((each) => each.tag === tag);
}

/** 'PatientName' and '00100010' are the same; of paths into sequences the whole path. */
function tagOf(name: string): string {
  const tags = name.split('.').map((part) => {
    const tag = /^[0-9A-Fa-f]{8}$/.test(part) ? part.toUpperCase() : tagOfKeyword(part);
    if (tag === undefined) throw new HttpFailure(400, `${name} is neither a parameter nor an attribute.`);
    return tag;
  });
  return tags.join('.');
}

function conditionOf(found: SearchKey, value: string, isFuzzy: boolean): WebCondition | undefined {
  const { column, matching, keyword } = found;
  // Universal matching: every value will do.
  if (!column || value === '' || value === '*' || value === '""') return undefined;
  switch (matching) {
    case 'uid':
      return { column, kind: 'equals', values: uids(value, keyword) };
    case 'integer':
      if (!/^[+-]?\d+$/.test(value)) throw new HttpFailure(400, `${keyword} is a whole number.`);
      return { column, kind: 'equals', values: [Number(value)] };
    case 'date':
      return range(column, value, keyword, /^\d{8}$/);
    case 'time':
      return range(column, value, keyword, /^\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?$/);
    case 'modalities':
      return {
        column: 'modalitiesInStudy',
        kind: 'any-of',
        values: value.split(/[\\,]/).map((each) => each.trim()),
      };
    case 'name':
      if (isFuzzy && column === 'patientName') return { column, kind: 'fuzzy-name', text: value };
      return { column: column as 'patientName' | 'referringPhysician', kind: 'name', pattern: value };
    default:
      return /[*?]/.test(value)
        ? { column, kind: 'wildcard', pattern: value }
        : { column, kind: 'equals', values: [value] };
  }
}

function uids(value: string, keyword: string): string[] {
  const list = value.split(/[,\\]/).map((each) => each.trim());
  if (!list.every(isUid)) throw new HttpFailure(400, `${keyword} is a UID or a list of them.`);
  return list;
}

/** 'a', 'a-', '-b' or 'a-b', both ends included (PS3.4 section C.2.2.2.5). Old clients write dots and colons. */
function range(
  column: NonNullable<SearchKey['column']>,
  value: string,
  keyword: string,
  form: RegExp,
): WebCondition {
  const ends = value.replaceAll(/[.:](?=\d{2})/g, '').split('-');
  const [lowest = '', highest = ends.length === 1 ? lowest : ''] = ends;
  const isValid = ends.length <= 2 && [lowest, highest].every((end) => end === '' || form.test(end));
  if (!isValid || (lowest === '' && highest === '')) {
    throw new HttpFailure(400, `${keyword} cannot be read as a value or a range.`);
  }
  return { column, kind: 'range', from: lowest, to: highest };
}

function readPage(url: URL): { offset: number; limit: number } {
  const count = (name: string, otherwise: number) => {
    const text = url.searchParams.get(name);
    if (text === null) return otherwise;
    const number = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
      throw new HttpFailure(400, `${name} is a whole number.`);
    }
    return number;
  };
  return { offset: count('offset', 0), limit: Math.min(count('limit', DEFAULT_RESULTS), MAXIMUM_RESULTS) };
}

function readIncludeTags(url: URL): readonly string[] | undefined {
  const fields = url.searchParams.getAll('includefield').flatMap((list) => list.split(','));
  if (fields.includes('all')) return undefined;
  return fields.filter((field) => field.trim() !== '').map((field) => tagOf(field.trim()));
}

function readBoolean(url: URL, name: string): boolean {
  const text = url.searchParams.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw new HttpFailure(400, `${name} is true or false.`);
  return text === 'true';
}
