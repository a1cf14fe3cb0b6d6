import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { decode as decodePng } from 'fast-png';
import dcmjsCodecs from 'dcmjs-codecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { element } from '#tests/support/dicom-files.ts';
import type { ImageShape } from '#tests/support/dicom-files.ts';
import { imageFile, instancePath, seriesUid, studyUid, wordsOf } from '#tests/support/made-instances.ts';
import { openWebArchive, partsOf } from '#tests/support/web-archive.ts';

const { Context, NativeCodecs } = dcmjsCodecs;
const archive = openWebArchive();
const PNG = 'image/png';

const ramp = wordsOf(0, 50, 100, 150, 200, 250, 300, 350);
const shape: ImageShape = { rows: 2, columns: 4 };
const window = [element('00281050', 'DS', '100'), element('00281051', 'DS', '101')];

beforeAll(async () => {
  await NativeCodecs.initializeAsync();
  const { rejected } = await archive.import({
    windowed: imageFile({ instance: 1, shape, pixels: ramp, others: window }),
    inverted: imageFile({
      instance: 2,
      shape: { ...shape, photometric: 'MONOCHROME1' },
      pixels: ramp,
      others: window,
    }),
    bare: imageFile({ instance: 3, shape, pixels: ramp, others: [element('00280120', 'US', 350)] }),
    sigmoid: imageFile({
      instance: 4,
      shape,
      pixels: ramp,
      others: [...window, element('00281056', 'CS', 'SIGMOID')],
    }),
    table: imageFile({
      instance: 5,
      shape,
      pixels: ramp,
      others: [
        ...window,
        element('00283010', 'SQ', {
          items: [
            [element('00283002', 'US', [4, 100, 8]), element('00283006', 'OW', wordsOf(255, 128, 64, 0))],
          ],
        }),
      ],
    }),
    palette: imageFile({
      instance: 6,
      shape: { rows: 1, columns: 3, bits: 8, photometric: 'PALETTE COLOR' },
      pixels: Uint8Array.of(0, 1, 2, 0),
      others: [1, 2, 3].flatMap((channel) => [
        element(`0028110${channel}`, 'US', [3, 0, 16]),
        element(`0028120${channel}`, 'OW', wordsOf(0, channel === 1 ? 0xffff : 0, 0x8000)),
      ]),
    }),
    tall: imageFile({
      instance: 7,
      shape,
      pixels: ramp,
      others: [...window, element('00280030', 'DS', ['2', '1'])],
    }),
    wide: imageFile({
      instance: 8,
      shape,
      pixels: ramp,
      others: [...window, element('00280034', 'IS', ['1', '3'])],
    }),
    colour: imageFile({
      series: 2,
      instance: 1,
      shape: { rows: 1, columns: 2, samples: 3, bits: 8, photometric: 'YBR_FULL', frames: 2 },
      pixels: Uint8Array.of(76, 85, 255, 150, 44, 21, 29, 255, 107, 255, 128, 128),
    }),
    document: imageFile({
      series: 3,
      pixels: new Uint8Array(),
      others: [element('00280010', 'US'), element('7FE00010', 'OW')],
    }),
  });
  expect(rejected).toEqual([]);
});

afterAll(() => archive.close());

async function picture(target: string) {
  const { width, height, channels, data } = decodePng(await archive.bytes(target, PNG));
  return { width, height, channels, values: [...data] };
}

const rendered = (instance: number, query = '') =>
  picture(`${instancePath(1, 1, instance)}/rendered${query}`);

describe('rendered', () => {
  test('with the first window of the header, PS3.3 section C.11.2.1.2', async () => {
    // WL 100, WW 101: 0 up to 49.5, 1 from 149.5 on; 100 lies at ((100 - 99.5) / 100 + 0.5) * 255.
    expect(await rendered(1)).toEqual({
      width: 4,
      height: 2,
      channels: 1,
      values: [0, 1, 129, 255, 255, 255, 255, 255],
    });
  });

  test('MONOCHROME1 with its lowest values brightest', async () => {
    expect((await rendered(2)).values).toEqual([255, 254, 126, 0, 0, 0, 0, 0]);
  });

  test('without a window from darkest to brightest, padding aside', async () => {
    expect((await rendered(3)).values).toEqual([0, 43, 85, 128, 170, 213, 255, 255]);
  });

  test('SIGMOID as a curve', async () => {
    const { values } = await rendered(4);
    const expected = [0, 50, 100, 150].map((value) =>
      Math.round(255 / (1 + Math.exp((-4 * (value - 100)) / 101))),
    );
    expect(values.slice(0, 4)).toEqual(expected);
  });

  test('with the VOI LUT Sequence before the window', async () => {
    expect((await rendered(5)).values).toEqual([255, 255, 255, 0, 0, 0, 0, 0]);
  });

  test('with the window the client asks for', async () => {
    expect((await rendered(1, '?window=175,350,linear-exact')).values).toEqual([
      0, 36, 73, 109, 146, 182, 219, 255,
    ]);
    expect((await rendered(5, '?window=100,1,linear')).values.slice(0, 4)).toEqual([0, 0, 255, 255]);
  });

  test('palettes and other colours as red, green and blue', async () => {
    expect(await rendered(6)).toEqual({
      width: 3,
      height: 1,
      channels: 3,
      values: [0, 0, 0, 255, 0, 0, 128, 128, 128],
    });
    const { values } = await picture(`${instancePath(1, 2, 1)}/frames/2/rendered`);
    expect(values).toEqual([0, 0, 254, 255, 255, 255]);
  });

  test('pixels that are not square keep their shape', async () => {
    expect(await rendered(7)).toMatchObject({ width: 4, height: 4 });
    expect(await rendered(8)).toMatchObject({ width: 12, height: 2 });
    expect(await rendered(7, '?viewport=100,50')).toMatchObject({ width: 50, height: 50 });
    expect(await rendered(8, '?viewport=60,60')).toMatchObject({ width: 60, height: 10 });
  });

  test('a part of the image', async () => {
    expect(await rendered(1, '?viewport=2,2,2,0,2,2')).toEqual({
      width: 2,
      height: 2,
      channels: 1,
      values: [129, 255, 255, 255],
    });
    expect(await rendered(1, '?viewport=2,2,2,0,100,100')).toMatchObject({ width: 2, height: 2 });
  });

  test('as JPEG unless PNG is asked for, in the quality asked for', async () => {
    const best = await archive.bytes(`${instancePath()}/rendered?quality=100`);
    const context = NativeCodecs.decodeJpeg(
      new Context({
        width: 4,
        height: 2,
        bitsAllocated: 8,
        bitsStored: 8,
        samplesPerPixel: 1,
        pixelRepresentation: 0,
        planarConfiguration: 0,
        photometricInterpretation: 'MONOCHROME2',
        encodedBuffer: best,
      }),
    );
    const decoded = [...(context.getDecodedBuffer() ?? [])];
    const expected = [0, 1, 129, 255, 255, 255, 255, 255];
    expect(decoded.every((value, index) => Math.abs(value - (expected[index] ?? 0)) <= 3)).toBe(true);
    const worst = await archive.bytes(`${instancePath()}/rendered?quality=1`, 'image/jpeg');
    expect(worst.length).toBeLessThan(best.length);
  });

  test('several at once as multipart', async () => {
    const frames = await archive.ask(`${instancePath(1, 2, 1)}/frames/1,2/rendered`, {
      headers: { Accept: PNG },
    });
    expect((await partsOf(frames)).map(({ headers }) => headers['content-type'])).toEqual([PNG, PNG]);
    const series = await archive.ask(`/studies/${studyUid()}/series/${seriesUid()}/rendered`);
    expect(await partsOf(series)).toHaveLength(8);
  });

  test.each([
    ['?window=a,b', 400],
    ['?window=100,0,linear', 400],
    ['?window=100,10,cubic', 400],
    ['?viewport=0,10', 400],
    ['?viewport=100000,100000', 400],
    ['?viewport=1,2,3', 400],
    ['?quality=101', 400],
    ['?accept=image/gif', 406],
  ])('not with %s', async (query, status) => {
    expect((await archive.ask(`${instancePath()}/rendered${query}`)).status).toBe(status);
  });

  test('not what has no image', async () => {
    expect((await archive.ask(`${instancePath(1, 3, 1)}/rendered`)).status).toBe(404);
    expect((await archive.ask(`/studies/${studyUid()}/series/${seriesUid(1, 3)}/thumbnail`)).status).toBe(
      404,
    );
  });
});

describe('thumbnails', () => {
  test('of a frame, an instance, a series and a study fit into 256 × 256 and keep their shape', async () => {
    const series = `/studies/${studyUid()}/series/${seriesUid()}`;
    for (const target of [`${instancePath()}/frames/1`, instancePath(), series, `/studies/${studyUid()}`]) {
      const { width, height } = await picture(`${target}/thumbnail`);
      expect(Math.max(width, height)).toBe(256);
    }
    expect(await picture(`${instancePath(1, 1, 7)}/thumbnail`)).toMatchObject({ width: 256, height: 256 });
    expect(await picture(`${instancePath(1, 1, 8)}/thumbnail?viewport=120,120`)).toMatchObject({
      width: 120,
      height: 20,
    });
    const jpeg = await archive.bytes(`${series}/thumbnail`);
    expect([...jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });

  test('are made once', async () => {
    const folder = path.join(archive.folder, 'data/thumbnails');
    rmSync(folder, { recursive: true, force: true });
    const kept = () =>
      readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
    const first = await archive.bytes(`${instancePath()}/thumbnail`, PNG);
    expect(kept()).toBe(1);
    expect(Buffer.from(await archive.bytes(`${instancePath()}/thumbnail`, PNG)).equals(first)).toBe(true);
    expect(kept()).toBe(1);
    await archive.bytes(`${instancePath()}/thumbnail?viewport=64,64`, PNG);
    expect(kept()).toBe(2);
  });
});
