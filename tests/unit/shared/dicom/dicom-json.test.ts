import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Refusal } from '#shared/domain/refusal.ts';
import type { DicomJson, DicomJsonAttribute } from '#shared/dicom/dicom-json.ts';
import { limits } from '#shared/dicom/limits.ts';
import {
  DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '#shared/dicom/transfer-syntax.ts';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import {
  NO_PUBLIC_FILES,
  aFile,
  element,
  hasPublicFiles,
  identity,
  imageShape,
  publicFiles,
  pydicomFiles,
  readFromMemory,
  readMetadata,
} from '#tests/support/dicom-files.ts';
import { runPython } from '#tests/support/python.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const valuesOf = (elements: readonly DataElement[], transferSyntaxUid = EXPLICIT_LITTLE_ENDIAN) =>
  readMetadata(aFile([element('00080005', 'CS', 'ISO_IR 192'), ...elements], { transferSyntaxUid }));

test('every kind of value has the form of PS3.18 table F.2.3-1', () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const inline = { InlineBinary: 'AQIDBAUGBwg=' };
  const cases: [vr: string, value: DataElement['value'], expected: Partial<DicomJsonAttribute>][] = [
    ['AE', ' ENKAKU ', { Value: ['ENKAKU'] }],
    ['AS', '045Y', { Value: ['045Y'] }],
    ['AT', ['00100010', '7FE00010'], { Value: ['00100010', '7FE00010'] }],
    ['CS', ['ORIGINAL', '', 'AXIAL'], { Value: ['ORIGINAL', null, 'AXIAL'] }],
    ['DA', '20261122', { Value: ['20261122'] }],
    [
      'DS',
      ['0.5', '-1.25e2', '+3', ' 7 ', '', 'abc', '1e999'],
      { Value: [0.5, -125, 3, 7, null, 'abc', '1e999'] },
    ],
    ['DT', '20261122120000.000000+0900', { Value: ['20261122120000.000000+0900'] }],
    ['FD', [1.5, NaN, Infinity, -Infinity], { Value: [1.5, 'NaN', 'inf', '-inf'] }],
    ['FL', [0.25, -2], { Value: [0.25, -2] }],
    ['IS', ['12', '-5'], { Value: [12, -5] }],
    ['LO', ['左', '', '右 '], { Value: ['左', null, '右'] }],
    ['LT', ' a\\b \n', { Value: [' a\\b \n'] }],
    ['OB', bytes, inline],
    ['OD', bytes, inline],
    ['OF', bytes, inline],
    ['OL', bytes, inline],
    ['OV', bytes, inline],
    ['OW', bytes, inline],
    [
      'PN',
      ['A^B=山田^太郎=', '', '=x'],
      { Value: [{ Alphabetic: 'A^B', Ideographic: '山田^太郎' }, null, { Ideographic: 'x' }] },
    ],
    ['SH', 'x', { Value: ['x'] }],
    ['SL', [-2147483648, 7], { Value: [-2147483648, 7] }],
    ['SS', [-32768, 7], { Value: [-32768, 7] }],
    ['ST', 'x ', { Value: ['x'] }],
    ['SV', [-5n, -9007199254740993n], { Value: [-5, '-9007199254740993'] }],
    ['TM', '120000', { Value: ['120000'] }],
    ['UC', ['x', 'y'], { Value: ['x', 'y'] }],
    ['UI', ['1.2', '1.3'], { Value: ['1.2', '1.3'] }],
    ['UL', [4294967295], { Value: [4294967295] }],
    ['UN', bytes, inline],
    ['UR', 'https://example.org/a ', { Value: ['https://example.org/a'] }],
    ['US', [65535], { Value: [65535] }],
    ['UT', 'x', { Value: ['x'] }],
    ['UV', [18446744073709551615n], { Value: ['18446744073709551615'] }],
  ];
  for (const transferSyntaxUid of [EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN]) {
    for (const [vr, value, expected] of cases) {
      const read = valuesOf([element('00091000', vr, value)], transferSyntaxUid);
      expect(read['00091000'], `${vr} in ${transferSyntaxUid}`).toEqual({ vr, ...expected });
      expect(valuesOf([element('00091000', vr)], transferSyntaxUid)['00091000']).toEqual({ vr });
    }
  }
});

test('values made to keep a reader busy are read like any others', () => {
  const units = [' ', '\0', '9', '\\', '=', '^', ' \\', '\x1b$B', '.'];
  const texts = units.map((unit) => `${unit.repeat(limits.headerValueBytes / unit.length - 1)}x`);
  // LO, PN, UT, DS, IS, CS, UI, TM, UR
  const tags = [
    '00080080',
    '00100010',
    '00400280',
    '00180050',
    '00200013',
    '00080060',
    '00080018',
    '00080030',
  ];
  for (const set of ['', '\\ISO 2022 IR 87', texts[2] ?? '']) {
    for (const text of texts) {
      const elements = [
        ['00080005', set] as const,
        ...[...tags, '00081190'].map((tag) => [tag, text] as const),
      ];
      // In implicit VR every value may be so long. A hundred of them would take hours if one took a minute.
      const file = aFile(
        elements.map(([tag, value]) => element(tag, 'UN', Buffer.from(value))),
        { transferSyntaxUid: IMPLICIT_LITTLE_ENDIAN },
      );
      expect(Object.keys(readMetadata(file))).toContain('00081190');
    }
  }
});

test('attributes come in order, without group lengths and file meta', () => {
  const read = valuesOf([
    element('00200013', 'IS', '1'),
    element('00100000', 'UL', 12),
    element('00100020', 'LO', 'x'),
  ]);
  expect(Object.keys(read)).toEqual(['00080005', '00100020', '00200013']);
});

test('values that depend on the sign of the pixels follow it in implicit VR', () => {
  for (const [isSigned, vr, value] of [
    [true, 'SS', -2000],
    [false, 'US', 63536],
  ] as const) {
    const elements = [...imageShape({ isSigned }), element('00280120', vr, value)];
    expect(valuesOf(elements, IMPLICIT_LITTLE_ENDIAN)['00280120']).toEqual({ vr, Value: [value] });
  }
});

test('attributes of unknown VR are read as what they are known to be', () => {
  const read = valuesOf([
    element('0020000D', 'UN', Buffer.from('1.2.3\0')),
    element('00280010', 'UN', Uint8Array.from([0, 2])),
    element('00431010', 'UN', Buffer.from('no creator')),
    element('00430010', 'LO', 'GEMS_PARM_01'),
    element('00431039', 'UN', Buffer.from('1000\\8\\0\\0')),
  ]);
  expect(read['0020000D']).toEqual({ vr: 'UI', Value: ['1.2.3'] });
  expect(read['00280010']).toEqual({ vr: 'US', Value: [512] });
  expect(read['00431010']?.vr).toBe('UN');
  expect(read['00431039']).toEqual({ vr: 'IS', Value: [1000, 8, 0, 0] });
});

test('sequences inside UN are implicit little endian, whatever surrounds them', () => {
  const item = aFile([element('00080100', 'SH', 'CODE')], { transferSyntaxUid: IMPLICIT_LITTLE_ENDIAN });
  const itemBytes = item.subarray(item.length - 12);
  const header = Buffer.from('feff00e00c000000', 'hex');
  const sequence = Buffer.concat([header, itemBytes]);
  for (const transferSyntaxUid of [EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN]) {
    for (const tag of ['00540220', '00091001']) {
      const read = valuesOf([element(tag, 'UN', sequence)], transferSyntaxUid);
      expect(read[tag]).toEqual({ vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['CODE'] } }] });
    }
  }
});

test('bytes of unknown VR that only look like a sequence stay bytes', () => {
  const looksLikeOne = Buffer.from('feff00e004000000ffffffff', 'hex');
  const read = valuesOf([element('00091001', 'UN', looksLikeOne), element('00100020', 'LO', 'x')]);
  expect(read['00091001']).toEqual({ vr: 'UN', InlineBinary: looksLikeOne.toString('base64') });
  expect(read['00100020']?.Value).toEqual(['x']);
});

test('a long value becomes an address that says where it is, at any depth', () => {
  const long = new Uint8Array(limits.headerValueBytes + 2).fill(9);
  const file = aFile([
    ...identity(),
    element('00420011', 'OB', long),
    element('00540016', 'SQ', { items: [[], [element('00181072', 'UT', Buffer.from(long))]] }),
  ]);
  const { metadata } = readFromMemory(file);
  const secondItem = metadata['00540016']?.Value?.[1] as DicomJson | undefined;
  for (const [attribute, tagPath] of [
    [metadata['00420011'], '00420011'],
    [secondItem?.['00181072'], '00540016/2/00181072'],
  ] as const) {
    const [, uriPath, offset, length] =
      /^bulkdata\/(.*)\?offset=(\d+)&length=(\d+)$/.exec(attribute?.BulkDataURI ?? '') ?? [];
    expect(uriPath).toBe(tagPath);
    expect(file.subarray(Number(offset), Number(offset) + Number(length))).toEqual(Buffer.from(long));
  }
});

test('headers beyond the limits are refused', () => {
  const deep = (depth: number): DataElement =>
    element('00081140', 'SQ', { items: [depth === 0 ? [] : [deep(depth - 1)]] });
  expect(() => valuesOf([deep(limits.sequenceDepth)])).toThrow(expect.objectContaining({ code: 'too-deep' }));
  expect(valuesOf([deep(limits.sequenceDepth - 1)])['00081140']?.Value).toHaveLength(1);
});

/** Where we differ from pydicom and mean to; everything else has to be equal. */
function isMeantToDiffer(
  tag: string,
  ours: DicomJsonAttribute | undefined,
  theirs: DicomJsonAttribute | undefined,
) {
  // PS3.18 F.2.2: no group lengths.
  if (!ours) return tag.endsWith('0000');
  // pydicom leaves out values that break the rules of their VR; a reader still wants to see them.
  if (!theirs) return ours.vr === 'IS' && typeof ours.Value?.[0] === 'string';
  // Pixel data is bulk data however short it is.
  if (/^7FE000(08|09|10)$/.test(tag)) return ours.BulkDataURI !== undefined;
  // pydicom knows the private attributes of many makers; for bytes nobody asked about, UN is true.
  if (ours.vr === 'UN') return Number.parseInt(tag.slice(3, 4), 16) % 2 === 1;
  // pydicom takes private sequences of known length inside UN for bytes.
  if (ours.vr === 'SQ' && theirs.vr === 'UN') return true;
  // PS3.18 F.2.5: an empty sequence has no Value at all.
  if (ours.vr === 'SQ' && ours.Value === undefined) return theirs.Value?.length === 0;
  // PS3.18 F.2.5: an empty value among others is null. PS3.5 6.2: spaces around a value mean nothing.
  const plain = (value: unknown) => (typeof value === 'string' ? value.trimEnd() || null : value);
  return ours.vr === theirs.vr && JSON.stringify(ours.Value) === JSON.stringify(theirs.Value?.map(plain));
}

function differences(place: string, ours: DicomJson, theirs: DicomJson): string[] {
  const tags = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return tags.flatMap((tag) => {
    const [our, their] = [ours[tag], theirs[tag]];
    if (our?.vr === 'SQ' && their?.vr === 'SQ' && our.Value?.length === their.Value?.length) {
      return (our.Value ?? []).flatMap((item, index) =>
        differences(`${place}/${tag}/${index + 1}`, item as DicomJson, their.Value?.[index] as DicomJson),
      );
    }
    const isBulkInBoth =
      our?.vr === their?.vr && our?.BulkDataURI !== undefined && their?.BulkDataURI !== undefined;
    if (isBulkInBoth || JSON.stringify(our) === JSON.stringify(their) || isMeantToDiffer(tag, our, their))
      return [];
    return [`${place}/${tag}: ${JSON.stringify(our)} | ${JSON.stringify(their)}`.slice(0, 300)];
  });
}

/** Compares with pydicom; returns how many files could be compared. */
function compareWithPydicom(files: readonly string[]): number {
  let compared = 0;
  for (const line of runPython('dicom-json.py', files.join('\n'))) {
    const { file, json } = JSON.parse(line) as { file: string; json: DicomJson };
    let ours: DicomJson;
    try {
      ours = readMetadata(readFileSync(file));
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal);
      continue;
    }
    compared++;
    expect(differences('', ours, json), file).toEqual([]);
  }
  return compared;
}

test('pydicom reads the same from files of our own', () => {
  const directory = temporaryDirectory();
  const elements = [
    ...identity(),
    ...imageShape({ isSigned: true }),
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00100010', 'PN', 'Yamada^Tarou=山田^太郎=やまだ^たろう'),
    element('00189087', 'FD', [1000.5, -1]),
    element('00200032', 'DS', ['-1.5', '2', '3.25']),
    element('00280009', 'AT', '00181063'),
    element('00081140', 'SQ', { items: [[element('00081155', 'UI', '1.2.3')], []] }),
    element('7FE00010', 'OW', new Uint8Array(24)),
  ];
  const files = [
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    EXPLICIT_BIG_ENDIAN,
    DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  ].flatMap((transferSyntaxUid) =>
    [true, false].map((undefinedLengths) => {
      const file = path.join(directory.path, `${transferSyntaxUid}-${undefinedLengths}.dcm`);
      writeFileSync(file, aFile(elements, { transferSyntaxUid, undefinedLengths }));
      return file;
    }),
  );
  expect(compareWithPydicom(files)).toBe(8);
  directory.remove();
});

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

test('pydicom reads the same from its own test files', () => {
  const files = filesBelow(pydicomFiles).filter((file) => !/\.(py|pyc|json)$/.test(file));
  expect(compareWithPydicom(files)).toBeGreaterThan(150);
});

test('pydicom reads the same from every public file', (context) => {
  if (!hasPublicFiles) context.skip(NO_PUBLIC_FILES);
  expect(compareWithPydicom(filesBelow(publicFiles))).toBeGreaterThan(700);
}, 300_000);
