import { expect, test } from 'vitest';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { describePixels } from '#shared/dicom/pixel-description.ts';
import type { DecodedFrame, PixelDescription } from '#shared/dicom/pixel-description.ts';
import { finishFrame } from '#shared/dicom/pixels/decoded-frame.ts';
import { readNativeFrame } from '#shared/dicom/pixels/stored-frame.ts';

type NumberValues = Readonly<Record<string, number | readonly number[]>>;

function image(values: NumberValues, others: DicomJson = {}): DicomJson {
  const numbers = Object.entries({
    '00280002': 1,
    '00280010': 1,
    '00280100': 16,
    '00280101': 16,
    '00280102': 15,
    '00280103': 0,
    ...values,
  }).map(([tag, value]) => [tag, { vr: 'US', Value: [value].flat() }]);
  return { ...Object.fromEntries(numbers), ...others };
}

const text = (value: string) => ({ vr: 'CS', Value: [value] });
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

function describe(json: DicomJson, frameNumber?: number): PixelDescription {
  const description = describePixels(json, frameNumber);
  if (!description) throw new Error('no image');
  return description;
}

function decode(json: DicomJson, words: ArrayBufferView<ArrayBuffer>): DecodedFrame {
  const { buffer, byteOffset, byteLength } = words;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
  const description = describe(json);
  return finishFrame(readNativeFrame(bytes, description), description);
}

function grey(json: DicomJson, words: ArrayBufferView<ArrayBuffer>) {
  const frame = decode(json, words);
  if (frame.kind !== 'grey') throw new Error('colour');
  return { ...frame, type: frame.pixels.constructor.name, values: [...frame.pixels] };
}

const rescale = (slope: number, intercept: number) => ({ '00281053': slope, '00281052': intercept });

test('the smallest type that holds every value exactly', () => {
  const signed = { '00280103': 1 };
  const twelve = { '00280101': 12, '00280102': 11 };
  const of = (values: NumberValues, ...stored: number[]) => {
    const { type, values: read } = grey(
      image({ '00280011': stored.length, ...values }),
      Uint16Array.from(stored),
    );
    return [type, ...read];
  };
  expect(of(twelve, 0, 4095)).toEqual(['Int16Array', 0, 4095]);
  expect(of({ ...twelve, ...rescale(1, -1024) }, 0, 4095)).toEqual(['Int16Array', -1024, 3071]);
  expect(of({}, 0, 65_535)).toEqual(['Uint16Array', 0, 65_535]);
  expect(of({ ...signed, ...rescale(1, -1024) }, 0, 0xf830)).toEqual(['Int16Array', -1024, -3024]);
  expect(of({ ...signed, ...rescale(1, -1024) }, 0, 0x8000)).toEqual(['Float32Array', -1024, -33_792]);
  expect(of({ ...twelve, ...rescale(0.5, 0) }, 1, 3)).toEqual(['Float32Array', 0.5, 1.5]);
  expect(of({ ...twelve, ...rescale(100_000, 1) }, 1, 4095)).toEqual(['Int32Array', 100_001, 409_500_001]);
  expect(of({ ...twelve, ...rescale(0, 7) }, 1, 3)).toEqual(['Int16Array', 8, 10]);
});

test('8, 32 bits and floats', () => {
  const bits = (count: number) => ({ '00280100': count, '00280101': count, '00280102': count - 1 });
  const eight = grey(image({ '00280011': 2, ...bits(8) }), Uint8Array.of(0, 255));
  expect([eight.type, ...eight.values]).toEqual(['Uint8Array', 0, 255]);
  const signedEight = grey(image({ '00280011': 2, '00280103': 1, ...bits(8) }), Uint8Array.of(128, 127));
  expect([signedEight.type, ...signedEight.values]).toEqual(['Int16Array', -128, 127]);
  const wide = grey(image({ '00280011': 2, ...bits(32) }), Uint32Array.of(1, 2 ** 24 + 1));
  expect([wide.type, ...wide.values]).toEqual(['Int32Array', 1, 2 ** 24 + 1]);
  const bulk = { vr: 'OF', BulkDataURI: 'bulkdata/7FE00008' };
  const float = grey(image({ '00280011': 2, ...bits(32) }, { '7FE00008': bulk }), Float32Array.of(0.1, NaN));
  expect([float.type, float.minimum]).toEqual(['Float32Array', Math.fround(0.1)]);
  const double = grey(image({ '00280011': 1, ...bits(64) }, { '7FE00009': bulk }), Float64Array.of(0.1));
  expect([double.type, ...double.values]).toEqual(['Float32Array', Math.fround(0.1)]);
});

test('padding does not count as darkest or brightest, even if written unsigned', () => {
  const ct = { '00280011': 4, '00280103': 1, ...rescale(1, -1000) };
  const words = Int16Array.of(-2000, -10, 20, -1999);
  const one = grey(image({ ...ct, '00280120': 63_536 }), words);
  expect([one.minimum, one.maximum]).toEqual([-2999, -980]);
  const range = grey(image({ ...ct, '00280120': 63_536, '00280121': -1999 }), words);
  expect([range.minimum, range.maximum]).toEqual([-1010, -980]);
  expect(range.values).toEqual([-3000, -1010, -980, -2999]);
  const only = grey(image({ ...ct, '00280120': -5 }), Int16Array.of(-5, -5, -5, -5));
  expect([only.minimum, only.maximum]).toEqual([-1005, -1005]);
});

test('a Modality LUT Sequence replaces slope and intercept and is limited to its ends', () => {
  const table: DicomJson = {
    '00283002': { vr: 'US', Value: [4, 10, 16] },
    '00283003': { vr: 'LO', Value: ['optical density'] },
    '00283006': { vr: 'US', Value: [500, 400, 300, 1000] },
  };
  const json = image({ '00280011': 5, ...rescale(2, 7) }, { '00283000': { vr: 'SQ', Value: [table] } });
  const read = grey(json, Uint16Array.of(0, 10, 11, 13, 99));
  expect([read.type, ...read.values]).toEqual(['Uint16Array', 500, 500, 400, 1000, 1000]);
  expect([read.minimum, read.maximum]).toEqual([400, 1000]);
});

test('rescale of one frame of an enhanced image', () => {
  const group = (slope: number) => ({
    '00289145': { vr: 'SQ', Value: [image(rescale(slope, 1))] },
  });
  const json = image({ '00280011': 1 }, { '52009230': { vr: 'SQ', Value: [group(2), group(3)] } });
  expect(describe(json, 1).modality).toEqual({ kind: 'linear', slope: 2, intercept: 1 });
  expect(describe(json, 2).modality).toEqual({ kind: 'linear', slope: 3, intercept: 1 });
});

function palette(bitsPerEntry: number, channels: readonly Uint8Array[], first = 0, count = 3): DicomJson {
  const entries = channels.flatMap((bytes, index) => [
    [`0028110${index + 1}`, { vr: 'US', Value: [count, first, bitsPerEntry] }],
    [`0028120${index + 1}`, { vr: 'OW', InlineBinary: base64(bytes) }],
  ]);
  return Object.fromEntries(entries) as DicomJson;
}

const bytesOf = (...words: number[]) => new Uint8Array(Uint16Array.from(words).buffer);
const eightBit = { '00280011': 4, '00280100': 8, '00280101': 8, '00280102': 7 };

test('palettes of 16 bits, of 8, and of 8 that call themselves 16', () => {
  const colours = (json: DicomJson) => [
    ...decode(image(eightBit, { ...json, '00280004': text('PALETTE COLOR') }), Uint8Array.of(0, 1, 2, 9))
      .pixels,
  ];
  const expected = [1, 4, 7, 2, 5, 8, 3, 6, 9, 3, 6, 9];
  const wide = [bytesOf(256, 512, 768), bytesOf(1024, 1280, 1536), bytesOf(1792, 2048, 2304)];
  expect(colours(palette(16, wide))).toEqual(expected);
  expect(
    colours(palette(8, [Uint8Array.of(1, 2, 3, 0), Uint8Array.of(4, 5, 6, 0), Uint8Array.of(7, 8, 9, 0)])),
  ).toEqual(expected);
  expect(colours(palette(16, [bytesOf(1, 2, 3), bytesOf(4, 5, 6), bytesOf(7, 8, 9)]))).toEqual(expected);
});

test('segmented palettes: discrete, linear, indirect', () => {
  // PS3.3 section C.7.9.2: one value, a slope to 8 in four steps, then the slope once more.
  const segments = bytesOf(0, 1, 0, 1, 4, 0x800, 2, 1, 6, 0, 0, 1, 0x100);
  const one: DicomJson = {
    '00281101': { vr: 'US', Value: [10, 0, 16] },
    '00281102': { vr: 'US', Value: [10, 0, 16] },
    '00281103': { vr: 'US', Value: [10, 0, 16] },
    '00281221': { vr: 'OW', InlineBinary: base64(segments) },
    '00281222': { vr: 'OW', InlineBinary: base64(segments) },
    '00281223': { vr: 'OW', InlineBinary: base64(segments) },
    '00280004': text('PALETTE COLOR'),
  };
  const json = image({ ...eightBit, '00280011': 10 }, one);
  const { pixels } = decode(
    json,
    Uint8Array.from({ length: 10 }, (_, index) => index),
  );
  expect([...pixels].filter((_, index) => index % 3 === 0)).toEqual([0, 2, 4, 6, 8, 8, 8, 8, 8, 1]);
});

test('a supplemental palette colours only the values from its first on', () => {
  const json = image(
    { ...eightBit, ...rescale(2, 0) },
    {
      ...palette(8, [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6), Uint8Array.of(7, 8, 9)], 100),
      '00280004': text('MONOCHROME2'),
      '00089205': text('MIXED'),
    },
  );
  const read = grey(json, Uint8Array.of(5, 99, 100, 102));
  expect(read.values).toEqual([10, 198, 200, 204]);
  expect([...(read.colours ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 7, 255, 3, 6, 9, 255]);
});

test('overlays in unused bits', () => {
  const json = image(
    { '00280011': 3, '00280101': 12, '00280102': 11, '60000010': 1, '60000100': 16, '60000102': 12 },
    {},
  );
  const read = grey(json, Uint16Array.of(0x1005, 0x0006, 0xf007));
  expect(read.values).toEqual([5, 6, 7]);
  expect(read.overlays?.map(({ group, mask }) => [group, ...mask])).toEqual([[0x6000, 1, 0, 1]]);
});

test('colours', () => {
  const colour = { '00280002': 3, '00280011': 1, '00280100': 8, '00280101': 8, '00280102': 7 };
  const of = (photometric: string, ...samples: number[]) => [
    ...decode(image(colour, { '00280004': text(photometric) }), Uint8Array.from(samples)).pixels,
  ];
  expect(of('RGB', 1, 2, 3)).toEqual([1, 2, 3]);
  // PS3.3 section C.7.6.3.1.2: pure red is 76.2 84.97 255.5 (limited to 255).
  expect(of('YBR_FULL', 76, 85, 255)).toEqual([254, 0, 0]);
  expect(of('YBR_FULL', 150, 44, 21)).toEqual([0, 255, 1]);
  expect(of('YBR_FULL', 128, 128, 128)).toEqual([128, 128, 128]);
  const sixteen = { '00280002': 3, '00280011': 1 };
  const deep = decode(image(sixteen, { '00280004': text('RGB') }), Uint16Array.of(0xffff, 0x8000, 0x00ff));
  expect([...deep.pixels]).toEqual([255, 128, 0]);
});
