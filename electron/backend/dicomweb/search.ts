import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { WebLevel, WebRow } from '#shared/domain/instance-search.ts';
import { acceptedBy, chooseType } from './accept.ts';
import type { ArchiveSource } from './archive-source.ts';
import { commonHeaders } from './http-failure.ts';
import { pickAttributes } from './json-text.ts';
import { JSON_TYPES, storedJson } from './metadata.ts';
import type { Route } from './route.ts';
import { allHeaderTags, attributeOf, headerTags, isOfLevel, searchKeys } from './search-keys.ts';
import { readSearchQuery } from './search-query.ts';
import type { SearchQuery } from './search-query.ts';
import { streamOf } from './body.ts';

const ROWS_AT_ONCE = 50;
const levels: readonly WebLevel[] = ['study', 'series', 'instance'];

/** Search for studies, series or instances, PS3.18 section 10.6. */
export function respondWithSearch(
  archive: ArchiveSource,
  level: WebLevel,
  route: Route,
  request: Request,
  baseUrl: string,
): Response {
  const url = new URL(request.url);
  const contentType = chooseType(acceptedBy(request, url), JSON_TYPES);
  const query = readSearchQuery(url, level, route);
  const { rows, total } = archive.search(query);
  const warnings = [...query.warnings];
  const remaining = total - query.offset - rows.length;
  if (remaining > 0 && rows.length > 0) {
    warnings.push(`There are ${remaining} additional results that can be requested`);
  }
  const headers = {
    ...commonHeaders,
    ...(warnings.length > 0 && { Warning: warnings.map((text) => `299 ${baseUrl} "${text}"`).join(', ') }),
  };
  if (rows.length === 0) return new Response(null, { status: 204, headers });
  const chunks = resultChunks(archive, query, rows, { route, baseUrl });
  return new Response(streamOf(chunks), { headers: { ...headers, 'Content-Type': contentType } });
}

interface Context {
  readonly route: Route;
  readonly baseUrl: string;
}

async function* resultChunks(
  archive: ArchiveSource,
  query: SearchQuery,
  rows: readonly WebRow[],
  context: Context,
): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const results = rows
      .slice(start, start + ROWS_AT_ONCE)
      .map((row) => JSON.stringify(resultOf(archive, query, row, context)));
    yield Buffer.from(`${start === 0 ? '[' : ','}${results.join(',')}`);
    await new Promise(setImmediate);
  }
  yield Buffer.from(']');
}

function resultOf(archive: ArchiveSource, query: SearchQuery, row: WebRow, context: Context): DicomJson {
  const { level, includeTags } = query;
  const result: DicomJson = {};
  for (const key of searchKeys) {
    const isAbove = levels.indexOf(key.level) < levels.indexOf(level);
    const isIdentity = isAbove && key.matching === 'uid';
    if (!isIdentity && !levelsShown(level, context.route).includes(key.level)) continue;
    const isWanted = key.isReturned || includeTags === undefined || includeTags.includes(key.tag);
    if (!isWanted) continue;
    if (key.tag === '00280008' && row['numberOfFrames'] === 0) continue;
    result[key.tag] = attributeOf(key, row);
  }
  Object.assign(result, headerAttributes(archive, query, row));
  result['00080056'] = { vr: 'CS', Value: [availability(level, row)] };
  result['00081190'] = { vr: 'UR', Value: [retrieveUrl(level, row, context.baseUrl)] };
  return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Attributes above the searched level only where the address does not say them already. */
function levelsShown(level: WebLevel, { studyUid, seriesUid }: Route): WebLevel[] {
  const hidden = seriesUid ? 2 : studyUid ? 1 : 0;
  return levels.slice(Math.min(hidden, levels.indexOf(level)), levels.indexOf(level) + 1);
}

function headerAttributes(
  archive: ArchiveSource,
  { level, includeTags }: SearchQuery,
  row: WebRow,
): DicomJson {
  const known = new Set(searchKeys.map(({ tag }) => tag));
  const required = headerTags[level];
  const wanted =
    includeTags === undefined
      ? level === 'instance'
        ? undefined
        : allHeaderTags(level)
      : includeTags.filter((tag) => !known.has(tag) && isOfLevel(tag, level));
  if (wanted === undefined) return wholeHeader(archive, row);
  const tags = [...required, ...wanted];
  return tags.length === 0 ? {} : pickAttributes(storedJson(archive, row.instanceKey), tags);
}

/** Everything a search may return of an instance: no bulk data, no pixels. */
function wholeHeader(archive: ArchiveSource, row: WebRow): DicomJson {
  const header = JSON.parse(storedJson(archive, row.instanceKey).toString('utf8')) as DicomJson;
  return Object.fromEntries(
    Object.entries(header).filter(([, attribute]) => !attribute.BulkDataURI && !attribute.InlineBinary),
  );
}

function availability(level: WebLevel, row: WebRow): string {
  if (level === 'instance') return row['evicted'] === 1 ? 'OFFLINE' : 'ONLINE';
  return row['studyEvictedCount'] === 0 ? 'ONLINE' : 'OFFLINE';
}

function retrieveUrl(level: WebLevel, row: WebRow, baseUrl: string): string {
  const study = `${baseUrl}/studies/${row['studyUid']}`;
  if (level === 'study') return study;
  const series = `${study}/series/${row['seriesUid']}`;
  return level === 'series' ? series : `${series}/instances/${row['sopUid']}`;
}
