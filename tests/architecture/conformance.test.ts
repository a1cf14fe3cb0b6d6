import { expect, test } from 'vitest';
import { parseRoute } from '#backend/dicomweb/route.ts';
import { limits as serverLimits } from '#backend/transport/loopback-server.ts';
import { conformanceTables, read, sourcesBelow, tableUnder } from '#tests/support/conformance-tables.ts';

const statement = read('docs/conformance.md');
const table = (heading: string) => {
  const rows = tableUnder(statement, heading);
  if (!rows) throw new Error(`docs/conformance.md has no table under "${heading}"`);
  return rows;
};
const inCode = (name: string) => `\`${name}\``;

test.for(Object.entries(conformanceTables))('%s are what the code has', ([heading, rowsOfCode]) => {
  const expected = rowsOfCode();
  expect(expected.length).toBeGreaterThan(5);
  // Further columns explain and are not in the code.
  const columns = expected[0]?.length ?? 0;
  expect(table(heading).map((cells) => cells.slice(0, columns))).toEqual(expected);
});

test('every resource is answered, and every one that is answered is listed', () => {
  const kinds = table('Studies Service').map(([path = '', methods = '']) => {
    const address = path
      .slice(1, -1)
      .replace('{study}', '1.2')
      .replace('{series}', '1.3')
      .replace('{instance}', '1.4')
      .replace('{frames}', '1,2')
      .replace('{path}', '00282000');
    const { action, studyUid, seriesUid, sopUid } = parseRoute(`/dicomweb${address}`);
    const level = sopUid ? 'instance' : seriesUid ? 'series' : studyUid ? 'study' : 'all';
    const isStore = (action.kind === 'studies' || action.kind === 'retrieve') && !seriesUid;
    expect(methods, path).toBe(isStore ? 'GET, POST' : 'GET');
    return `${level} ${action.kind}${action.kind === 'search' ? ` ${action.level}` : ''}`;
  });
  const above = ['study', 'series', 'instance'];
  const aspects = ['retrieve', 'metadata', 'rendered', 'thumbnail'];
  const searches = [
    'all search series',
    'all search instance',
    'study search series',
    'study search instance',
  ];
  const ofFrames = ['frames', 'rendered-frames', 'frame-thumbnail', 'bulk-data'];
  expect(kinds.sort()).toEqual(
    [
      'all studies',
      ...searches,
      'series search instance',
      ...above.flatMap((level) => aspects.map((aspect) => `${level} ${aspect}`)),
      ...ofFrames.map((kind) => `instance ${kind}`),
    ].sort(),
  );
});

test('status codes are those that the sources give', () => {
  const sources = sourcesBelow('electron/backend/dicomweb', 'electron/backend/transport');
  const given = new Set(
    [
      /HttpFailure\(\s*(\d{3})/g,
      /status: (\d{3})/g,
      /\{ status = (\d{3})/g,
      /refuse\(response, (\d{3})\)/g,
      /return (\d{3});/g,
      /\? (\d{3})\b/g,
      /: (\d{3})[;) ]/g,
      /writeHead\((\d{3})/g,
    ].flatMap((pattern) => [...sources.matchAll(pattern)].map(([, code = '']) => code)),
  );
  // Only the start link redirects, which is no resource of the service.
  given.delete('303');
  const listed = table('Status codes').map(([code = '']) => code);
  expect(listed).toEqual([...given].filter((code) => /^[2-5]/.test(code)).sort());
});

test('failure reasons are those that the sources give', () => {
  const source = read('electron/backend/dicomweb/store.ts');
  const given = [...source.matchAll(/: 0x([0-9a-f]{4}),/g)].map(([, code = '']) => `${code.toUpperCase()}H`);
  const listed = table('Failure reasons of store').map(([code]) => code);
  expect(new Set(listed)).toEqual(new Set(given));
});

test('numbers in the text are those in the sources', () => {
  const numbers: Readonly<Record<string, string>> = {
    [`${serverLimits.headersTimeoutMs / 1000} seconds for its headers`]: '',
    [`${serverLimits.idleTimeoutMs / 1000} seconds between two signs of life`]: '',
    [`at most ${serverLimits.maximumConnections} connections`]: '',
    '16 GiB in a body': 'MAXIMUM_BODY_BYTES = 16 * 1024 ** 3',
    'more than 10,000 frames in a list': 'MAXIMUM_FRAMES_IN_LIST = 10_000',
    'at most 10,000)': 'MAXIMUM_RESULTS = 10_000',
    '1,000 unless asked for': 'DEFAULT_RESULTS = 1_000',
    'at most 16,384 pixels a side': 'MAXIMUM_SIDE = 16_384',
    'up to 128 characters': 'UID_MAX_LENGTH = 128',
    'may hold 1,536 MiB': 'ingest: { heapMib: 1024, residentMib: 1536',
    'ended after 60 seconds': 'SILENCE_TIMEOUT_MS = 60_000',
  };
  const sources = sourcesBelow('electron/backend', 'shared/domain');
  for (const [text, source] of Object.entries(numbers)) {
    expect(statement, text).toContain(text);
    expect(sources, source).toContain(source);
  }
  expect(statement).toContain(
    /IMPLEMENTATION_CLASS_UID = '([\d.]+)'/.exec(read('shared/dicom/write-file.ts'))?.[1],
  );
});

test('media types are those that the sources give', () => {
  const sources = sourcesBelow('electron/backend/dicomweb');
  for (const type of ['application/dicom+json', 'application/json', 'image/jpeg', 'image/png']) {
    expect(sources).toContain(`'${type}'`);
    expect(statement).toContain(inCode(type));
  }
});
