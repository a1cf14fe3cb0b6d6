import { isUid } from '#shared/domain/identifiers.ts';
import type { SeriesUid, SopUid, StudyUid } from '#shared/domain/identifiers.ts';
import type { WebLevel } from '#shared/domain/instance-search.ts';
import { HttpFailure } from './http-failure.ts';

/** What a path names: a study, series or instance, or all of them, and what is wanted of it. */
export interface Route {
  readonly studyUid?: StudyUid;
  readonly seriesUid?: SeriesUid;
  readonly sopUid?: SopUid;
  readonly action:
    | { readonly kind: 'search'; readonly level: WebLevel }
    | { readonly kind: 'studies' }
    | { readonly kind: 'retrieve' | 'metadata' | 'rendered' | 'thumbnail' }
    | {
        readonly kind: 'frames' | 'rendered-frames' | 'frame-thumbnail';
        readonly frameNumbers: readonly number[];
      }
    /** Without the leading 'bulkdata/'. */
    | { readonly kind: 'bulk-data'; readonly path: string };
}

const MAXIMUM_FRAMES_IN_LIST = 10_000;

/**
 * Reads a path below `/dicomweb`; PS3.18 table 10.1-1.
 *
 * @throws HttpFailure 400 or 404
 */
export function parseRoute(pathname: string): Route {
  const segments = pathname
    .replace(/^\/dicomweb\/?/, '')
    .replace(/\/$/, '')
    .split('/')
    .map(decode);
  const [first, study, second, series, third, instance, ...rest] = segments;
  if (first === 'series' && segments.length === 1) return search('series');
  if (first === 'instances' && segments.length === 1) return search('instance');
  if (first !== 'studies') throw unknownResource();
  if (study === undefined) return { action: { kind: 'studies' } };
  const ofStudy = { studyUid: uid(study) as StudyUid };
  if (second === undefined) return { ...ofStudy, action: { kind: 'retrieve' } };
  if (series === undefined) {
    if (second === 'series') return { ...ofStudy, ...search('series') };
    if (second === 'instances') return { ...ofStudy, ...search('instance') };
    return { ...ofStudy, action: { kind: aspect(second) } };
  }
  if (second !== 'series') throw unknownResource();
  const ofSeries = { ...ofStudy, seriesUid: uid(series) as SeriesUid };
  if (third === undefined) return { ...ofSeries, action: { kind: 'retrieve' } };
  if (instance === undefined) {
    return third === 'instances'
      ? { ...ofSeries, ...search('instance') }
      : { ...ofSeries, action: { kind: aspect(third) } };
  }
  if (third !== 'instances') throw unknownResource();
  return { ...ofSeries, sopUid: uid(instance) as SopUid, action: instanceAction(rest) };
}

function instanceAction([what, ...rest]: readonly string[]): Route['action'] {
  if (what === undefined) return { kind: 'retrieve' };
  if (what === 'bulkdata' && rest.length > 0) return { kind: 'bulk-data', path: rest.join('/') };
  if (what !== 'frames') {
    if (rest.length > 0) throw unknownResource();
    return { kind: aspect(what) };
  }
  const [list = '', how, ...more] = rest;
  if (more.length > 0) throw unknownResource();
  const numbers = frameNumbers(list);
  if (how === undefined) return { kind: 'frames', frameNumbers: numbers };
  if (how === 'rendered') return { kind: 'rendered-frames', frameNumbers: numbers };
  if (how === 'thumbnail') return { kind: 'frame-thumbnail', frameNumbers: numbers };
  throw unknownResource();
}

function search(level: WebLevel): Route {
  return { action: { kind: 'search', level } };
}

function aspect(segment: string): 'metadata' | 'rendered' | 'thumbnail' {
  if (segment === 'metadata' || segment === 'rendered' || segment === 'thumbnail') return segment;
  throw unknownResource();
}

function frameNumbers(list: string): number[] {
  const numbers = list.split(',').map(Number);
  const isValid = numbers.every((number) => Number.isSafeInteger(number) && number > 0);
  if (list === '' || !isValid) throw new HttpFailure(400, 'Frame numbers are counted from 1.');
  if (numbers.length > MAXIMUM_FRAMES_IN_LIST) {
    throw new HttpFailure(413, `At most ${MAXIMUM_FRAMES_IN_LIST} frames in one request.`);
  }
  return numbers;
}

function uid(segment: string): string {
  if (!isUid(segment)) throw new HttpFailure(400, 'What stands where a UID belongs is none.');
  return segment;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HttpFailure(400, 'The address is not encoded correctly.');
  }
}

function unknownResource(): HttpFailure {
  return new HttpFailure(404, 'There is no such resource.');
}
