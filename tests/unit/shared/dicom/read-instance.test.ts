import { expect, test } from 'vitest';
import { Refusal } from '#shared/domain/refusal.ts';
import {
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '#shared/dicom/transfer-syntax.ts';
import { writeDataSet } from '#shared/dicom/write-data-set.ts';
import { aFile, element, identity, imageShape, readFromMemory } from '#tests/support/dicom-files.ts';

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const pixels = (byteLength: number) => element('7FE00010', 'OW', new Uint8Array(byteLength).fill(7));
const image = [...identity(), ...imageShape(), pixels(24)];

const refusal = (code: string) => expect.objectContaining({ code });

test('identity, geometry and the place of the pixels are read', () => {
  const file = aFile(image);
  const read = readFromMemory(file);
  expect(read.summary).toMatchObject({
    sopUid: '1.2.826.0.1.3680043.8.498.1.1',
    studyUid: '1.2.826.0.1.3680043.8.498.2',
    seriesUid: '1.2.826.0.1.3680043.8.498.3',
    image: { rows: 4, columns: 3, bitsAllocated: 16, numberOfFrames: 1 },
  });
  expect(read.frames).toEqual([
    { frameNumber: 1, fileOffset: file.length - 24, byteLength: 24, bitOffset: 0 },
  ]);
});

test.each([IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN])(
  'the same values come out of %s, sequences with and without lengths',
  (transferSyntaxUid) => {
    const elements = [
      ...image,
      element('00080005', 'CS', 'ISO_IR 192'),
      element('00100010', 'PN', 'Yamada^Tarou=山田^太郎=やまだ^たろう'),
      element('00180050', 'DS', '0.625'),
      element('00189087', 'FD', 1000.5),
      element('00201041', 'DS', '-12.5'),
      element('00280120', 'US', 65535),
      element('00082112', 'SQ', {
        items: [[element('00081155', 'UI', '1.2.3')], [], [element('00081155', 'UI', '1.2.4')]],
      }),
    ];
    const expected = readFromMemory(aFile(elements)).metadata;
    for (const undefinedLengths of [false, true]) {
      const read = readFromMemory(aFile(elements, { transferSyntaxUid, undefinedLengths }));
      const { '7FE00010': pixelData, ...metadata } = read.metadata;
      expect(pixelData?.vr).toBe('OW');
      const { '7FE00010': _, ...expectedMetadata } = expected;
      expect(metadata).toEqual(expectedMetadata);
      expect(read.frames).toHaveLength(1);
    }
    expect(expected['00082112']?.Value).toEqual([
      { '00081155': { vr: 'UI', Value: ['1.2.3'] } },
      {},
      { '00081155': { vr: 'UI', Value: ['1.2.4'] } },
    ]);
  },
);

test('a group length in a big endian file is no obstacle', () => {
  const file = aFile([element('00080000', 'UL', 1234), ...image], { transferSyntaxUid: EXPLICIT_BIG_ENDIAN });
  expect(readFromMemory(file).metadata['00080000']).toBeUndefined();
});

test('files without preamble or without meta information are read', () => {
  const whole = aFile(image);
  expect(readFromMemory(whole.subarray(132)).summary.sopUid).toBe('1.2.826.0.1.3680043.8.498.1.1');
  for (const [explicitVr, littleEndian, uid] of [
    [true, true, EXPLICIT_LITTLE_ENDIAN],
    [false, true, IMPLICIT_LITTLE_ENDIAN],
    [true, false, EXPLICIT_BIG_ENDIAN],
  ] as const) {
    const bare = Buffer.concat(writeDataSet(image, { explicitVr, littleEndian }));
    expect(readFromMemory(bare)).toMatchObject({ transferSyntaxUid: uid, dataSetOffset: 0 });
  }
});

test('a data set in another encoding than its meta information says is read as what it is', () => {
  const implicit = aFile(image, {
    transferSyntaxUid: IMPLICIT_LITTLE_ENDIAN,
    claimedTransferSyntaxUid: JPEG_BASELINE,
  });
  expect(readFromMemory(implicit)).toMatchObject({
    transferSyntaxUid: JPEG_BASELINE,
    summary: { image: { rows: 4 } },
  });
  const explicit = aFile(image, { claimedTransferSyntaxUid: IMPLICIT_LITTLE_ENDIAN });
  expect(readFromMemory(explicit).summary.image?.rows).toBe(4);
});

test.each([
  ['1.2.840.113619\0', '1.2.840.113619'],
  ['1.2.840.113619 ', '1.2.840.113619'],
  ['1.2.840.113619\0garbage', '1.2.840.113619'],
  ['01.002.3', '01.002.3'],
  [`1.${'2'.repeat(66)}`, `1.${'2'.repeat(66)}`],
  ['dccc9599087131742838cc1162a630fea8', 'dccc9599087131742838cc1162a630fea8'],
])('the UID %j is taken as %j', (written, taken) => {
  const file = aFile([...image.slice(0, 1), element('00080018', 'UI', written), ...image.slice(2)]);
  expect(readFromMemory(file).summary.sopUid).toBe(taken);
});

test.each([
  '../../etc/passwd',
  '.',
  '..',
  '1.2/3',
  '1.2%2f3',
  '1.2\r\nX: y',
  '\u202e1.2',
  `1.${'2'.repeat(130)}`,
])('the UID %j is refused', (written) => {
  const file = aFile([...image.slice(0, 1), element('00080018', 'UI', written), ...image.slice(2)]);
  expect(() => readFromMemory(file)).toThrow(refusal('invalid-uid'));
});

test('a transfer syntax that is no UID cannot become part of an HTTP header', () => {
  const hostile = '1.2.3\r\nX-Y: z';
  expect(() => readFromMemory(aFile(image, { claimedTransferSyntaxUid: hostile }))).toThrow(
    refusal('invalid-uid'),
  );
  const classless = aFile([element('00080016', 'UI', hostile), ...image.slice(1)]);
  expect(readFromMemory(classless).summary.sopClassUid).toBe('');
});

test('a name that is a sequence is none', () => {
  const items = [[element('00100010', 'PN', 'Inner^Name')]];
  const read = readFromMemory(aFile([...image, element('00100010', 'SQ', { items })]));
  expect(read.summary.patient.name).toEqual({});
});

test('what is no instance is refused with its reason', () => {
  const read = (bytes: Uint8Array) => () => readFromMemory(bytes);
  expect(read(Buffer.from('Dear colleague, '.repeat(20)))).toThrow(refusal('not-dicom'));
  expect(read(new Uint8Array(0))).toThrow(refusal('empty-file'));
  expect(read(aFile(image.filter(({ tag }) => tag !== '0020000D')))).toThrow(refusal('missing-uid'));
  expect(read(aFile(image).subarray(0, -10))).toThrow(refusal('truncated'));
  expect(read(aFile([...identity(), ...imageShape(), pixels(22)]))).toThrow(refusal('pixel-data-too-short'));
});

test('a file cut anywhere is refused, or, cut between two elements, is no image', () => {
  const file = aFile(image, { undefinedLengths: true });
  let headersOnly = 0;
  for (let length = 0; length < file.length; length++) {
    try {
      const read = readFromMemory(file.subarray(0, length));
      expect(read, `cut at ${length}`).toMatchObject({ summary: { image: null }, frames: [] });
      headersOnly++;
    } catch (error) {
      expect(error, `cut at ${length}`).toBeInstanceOf(Refusal);
    }
  }
  // After the series UID and after each of the eight attributes that describe the pixels.
  expect(headersOnly).toBe(9);
});

test('zeros and garbage after the pixels are tolerated, a cut element there is not', () => {
  const file = aFile(image);
  const withTail = (tail: Uint8Array) => Buffer.concat([file, tail]);
  expect(readFromMemory(withTail(new Uint8Array(1000))).frames).toHaveLength(1);
  expect(readFromMemory(withTail(Buffer.from('this is garbage left by some exporter'))).frames).toHaveLength(
    1,
  );
  expect(readFromMemory(withTail(Buffer.from('abc'))).frames).toHaveLength(1);
  const [signature] = writeDataSet([element('FFFAFFFA', 'UN', new Uint8Array(64))], {
    explicitVr: true,
    littleEndian: true,
  });
  expect(() => readFromMemory(withTail(signature ?? Buffer.alloc(0)))).toThrow(refusal('truncated'));
});

test('zeros before the pixels mean a damaged file', () => {
  const file = aFile(image);
  file.fill(0, file.length - 60, file.length - 40);
  expect(() => readFromMemory(file)).toThrow(refusal('malformed'));
});
