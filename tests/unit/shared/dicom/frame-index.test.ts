import { expect, test } from 'vitest';
import type { ElementValue } from '#shared/dicom/write-data-set.ts';
import { aFile, element, identity, imageShape, readFromMemory } from '#tests/support/dicom-files.ts';

const JPEG_LS = '1.2.840.10008.1.2.4.80';
const RLE = '1.2.840.10008.1.2.5';
const MPEG4 = '1.2.840.10008.1.2.4.102';

const refusal = (code: string) => expect.objectContaining({ code });

/** A code stream of `byteLength` bytes; `isLast` ends it like every JPEG. */
const stream = (byteLength: number, isLast = true) => {
  const bytes = new Uint8Array(byteLength).fill(0x11);
  if (isLast) bytes.set([0xff, 0xd9], byteLength - 2);
  return bytes;
};

function encapsulated(
  frames: number,
  value: ElementValue,
  transferSyntaxUid = JPEG_LS,
  extra: ElementValue = '',
) {
  const extended = extra === '' ? [] : [element('7FE00001', 'OV', extra)];
  const elements = [...identity(), ...imageShape({ frames }), ...extended, element('7FE00010', 'OB', value)];
  const file = aFile(elements, { claimedTransferSyntaxUid: transferSyntaxUid });
  return { file, read: () => readFromMemory(file).frames };
}

/** [frame, bytes] of every part. */
const layout = (frames: readonly { frameNumber: number; byteLength: number }[]) =>
  frames.map(({ frameNumber, byteLength }) => [frameNumber, byteLength]);

test('one fragment per frame needs no offset table, and a wrong one is not believed', () => {
  const fragments = [stream(10), stream(20), stream(30)];
  for (const basicOffsetTable of [[], [0, 18, 46], [0, 5, 6], [99, 1, 0xffffffff]]) {
    const { read } = encapsulated(3, { fragments, basicOffsetTable });
    expect(layout(read())).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
  }
});

test('parts point at the bytes of the fragments', () => {
  const { file, read } = encapsulated(2, { fragments: [stream(10), stream(20)] });
  for (const { fileOffset, byteLength } of read()) {
    expect(file.subarray(fileOffset, fileOffset + byteLength)).toEqual(Buffer.from(stream(byteLength)));
  }
});

test('all fragments of a single frame belong to it', () => {
  const { read } = encapsulated(1, { fragments: [stream(10, false), stream(12, false), stream(4)] });
  expect(layout(read())).toEqual([
    [1, 10],
    [1, 12],
    [1, 4],
  ]);
});

const fragmented = [stream(10, false), stream(20), stream(30, false), stream(6, false), stream(8)];
const fragmentedLayout = [
  [1, 10],
  [1, 20],
  [2, 30],
  [2, 6],
  [2, 8],
];

test('several fragments per frame are told apart by the offset table', () => {
  const { read } = encapsulated(2, {
    fragments: fragmented.map(({ length }) => stream(length, false)),
    basicOffsetTable: [0, 46],
  });
  expect(layout(read())).toEqual(fragmentedLayout);
});

test('several fragments per frame are told apart by the extended offset table', () => {
  const fragments = fragmented.map(({ length }) => stream(length, false));
  const { read } = encapsulated(2, { fragments }, JPEG_LS, [0n, 46n]);
  expect(layout(read())).toEqual(fragmentedLayout);
});

test('without a true offset table the end markers tell them apart', () => {
  for (const basicOffsetTable of [[], [0, 47], [0, 0], [46, 0], [0, 46, 82]]) {
    const { read } = encapsulated(2, { fragments: fragmented, basicOffsetTable });
    expect(layout(read())).toEqual(fragmentedLayout);
  }
});

test('compressed pixels of an image without rows are refused', () => {
  const value = { fragments: [stream(10)] };
  const elements = [...identity(), ...imageShape({ rows: 0 }), element('7FE00010', 'OB', value)];
  const file = aFile(elements, { claimedTransferSyntaxUid: JPEG_LS });
  expect(() => readFromMemory(file)).toThrow(refusal('dimensions-too-large'));
});

test('fragments that cannot be assigned to frames are refused', () => {
  const noMarkers = { fragments: fragmented.map(({ length }) => stream(length, false)) };
  expect(encapsulated(2, noMarkers, RLE).read).toThrow(refusal('pixel-data-inconsistent'));
  expect(encapsulated(9, { fragments: fragmented }).read).toThrow(refusal('pixel-data-too-short'));
  expect(encapsulated(2_000_000, { fragments: fragmented }).read).toThrow(refusal('too-many-frames'));
});

test('video is one stream without frames', () => {
  const { file, read } = encapsulated(500, { fragments: [stream(1000)] }, MPEG4);
  expect(read()).toEqual([]);
  expect(readFromMemory(file).summary.image?.numberOfFrames).toBe(500);
});

test('an icon with compressed pixels inside a sequence is no obstacle', () => {
  const icon = [...imageShape(), element('7FE00010', 'OB', { fragments: [stream(40)] })];
  const file = aFile(
    [
      ...identity(),
      ...imageShape(),
      element('00880200', 'SQ', { items: [icon] }),
      element('7FE00010', 'OB', { fragments: [stream(10)] }),
    ],
    { claimedTransferSyntaxUid: JPEG_LS },
  );
  const read = readFromMemory(file);
  expect(layout(read.frames)).toEqual([[1, 10]]);
  expect(read.metadata['00880200']?.Value?.[0]).toMatchObject({
    '7FE00010': { vr: 'OB', BulkDataURI: expect.stringMatching(/^bulkdata\/00880200\/1\/7FE00010\?/) },
  });
});

test('frames of 1-bit images start inside a byte', () => {
  const elements = [
    ...identity(),
    ...imageShape({ rows: 3, columns: 3, bits: 1, frames: 3 }),
    element('7FE00010', 'OB', new Uint8Array(4)),
  ];
  const { frames } = readFromMemory(aFile(elements));
  const [first] = frames;
  expect(
    frames.map((frame) => [frame.fileOffset - (first?.fileOffset ?? 0), frame.byteLength, frame.bitOffset]),
  ).toEqual([
    [0, 2, 0],
    [1, 2, 1],
    [2, 2, 2],
  ]);
});

test.each([
  ['7FE00008', 'OF', 32],
  ['7FE00009', 'OD', 64],
])('float pixel data %s is indexed', (tag, vr, bits) => {
  const bytes = new Uint8Array((2 * 12 * bits) / 8);
  const elements = [...identity(), ...imageShape({ bits, frames: 2 }), element(tag, vr, bytes)];
  expect(layout(readFromMemory(aFile(elements)).frames)).toEqual([
    [1, (12 * bits) / 8],
    [2, (12 * bits) / 8],
  ]);
});

test('subsampled colour needs two samples a pixel', () => {
  const shape = { rows: 4, columns: 4, samples: 3, bits: 8, photometric: 'YBR_FULL_422', frames: 2 };
  const elements = [...identity(), ...imageShape(shape), element('7FE00010', 'OB', new Uint8Array(64))];
  expect(layout(readFromMemory(aFile(elements)).frames)).toEqual([
    [1, 32],
    [2, 32],
  ]);
});

test.each([
  [{ rows: 65535, columns: 65535, bits: 16 }, 'dimensions-too-large'],
  [{ rows: 0 }, 'dimensions-too-large'],
  [{ bits: 0 }, 'pixel-data-too-short'],
  [{ frames: 1000 }, 'pixel-data-too-short'],
  [{ samples: 65535 }, 'pixel-data-too-short'],
])('%j with 24 bytes of pixels is refused', (shape, code) => {
  const elements = [...identity(), ...imageShape(shape), element('7FE00010', 'OW', new Uint8Array(24))];
  expect(() => readFromMemory(aFile(elements))).toThrow(refusal(code));
});

test('a number of frames that is no number is refused, none means one', () => {
  const withFrames = (value: string) =>
    aFile([
      ...identity(),
      ...imageShape(),
      element('00280008', 'IS', value),
      element('7FE00010', 'OW', new Uint8Array(24)),
    ]);
  expect(() => readFromMemory(withFrames('1A'))).toThrow(refusal('malformed'));
  expect(() => readFromMemory(withFrames('1.5'))).toThrow(refusal('malformed'));
  expect(() => readFromMemory(withFrames('-1'))).toThrow(refusal('malformed'));
  expect(readFromMemory(withFrames('')).frames).toHaveLength(1);
  expect(readFromMemory(withFrames('0')).frames).toHaveLength(1);
});
