import { expect, test } from 'vitest';
import {
  needsColourTransform,
  readCodestream,
  requireMatch,
  withColourMarker,
} from '#shared/dicom/pixels/codestream.ts';
import { describePixels } from '#shared/dicom/pixel-description.ts';

const segment = (marker: number, ...content: number[]) => [0xff, marker, 0, content.length + 2, ...content];
const letters = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
const jfif = segment(0xe0, ...letters('JFIF'), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);
const adobe = (transform: number) => segment(0xee, ...letters('Adobe'), 0, 100, 0, 0, 0, 0, transform);
const startOfFrame = (marker: number, precision: number, ids: readonly number[]) =>
  segment(marker, precision, 0, 3, 0, 5, ids.length, ...ids.flatMap((id) => [id, 0x11, 0]));
const jpeg = (...segments: number[][]) =>
  Uint8Array.from([0xff, 0xd8, ...segments.flat(), 0xff, 0xda, 1, 2, 3, 0xff, 0xd9]);

const sof0 = startOfFrame(0xc0, 8, [1, 2, 3]);

test('what a JPEG says of its size, depth and colours', () => {
  expect(readCodestream(jpeg(jfif, sof0))).toMatchObject({
    format: 'jpeg',
    rows: 3,
    columns: 5,
    components: 3,
    precision: 8,
    colours: 'YBR',
  });
  expect(readCodestream(jpeg(jfif, adobe(0), sof0)).colours).toBe('RGB');
  expect(readCodestream(jpeg(adobe(1), sof0)).colours).toBe('YBR');
  expect(readCodestream(jpeg(sof0)).colours).toBeUndefined();
  expect(readCodestream(jpeg(startOfFrame(0xc0, 8, letters('RGB')))).colours).toBe('RGB');
  expect(readCodestream(jpeg(jfif, startOfFrame(0xc3, 16, [1])))).toMatchObject({
    format: 'jpeg-lossless',
    precision: 16,
  });
  expect(readCodestream(jpeg(startOfFrame(0xc1, 12, [1]))).format).toBe('jpeg');
  expect(readCodestream(jpeg(startOfFrame(0xf7, 12, [1]))).format).toBe('jpeg-ls');
});

test('the header decides on colours, except where it says RGB and the encoder knew better', () => {
  const ybr = readCodestream(jpeg(jfif, sof0));
  const rgb = readCodestream(jpeg(adobe(0), sof0));
  const silent = readCodestream(jpeg(sof0));
  expect(needsColourTransform(rgb, 'YBR_FULL_422')).toBe(true);
  expect(needsColourTransform(ybr, 'RGB')).toBe(true);
  expect(needsColourTransform(silent, 'RGB')).toBe(false);
  expect(needsColourTransform(rgb, 'RGB')).toBe(false);
});

test('one marker about colours takes the place of all others', () => {
  for (const isYbr of [true, false]) {
    const marked = withColourMarker(jpeg(jfif, adobe(isYbr ? 0 : 1), sof0), isYbr);
    expect(readCodestream(marked).colours).toBe(isYbr ? 'YBR' : 'RGB');
    expect(marked).toEqual(jpeg(adobe(isYbr ? 1 : 0), sof0));
  }
});

test('a frame of another size than the header says is refused before it is decoded', () => {
  const number = (value: number) => ({ vr: 'US', Value: [value] });
  const description = describePixels({
    '00280002': number(3),
    '00280010': number(3),
    '00280011': number(5),
    '00280100': number(8),
  });
  if (!description) throw new Error('no image');
  const codestream = readCodestream(jpeg(jfif, sof0));
  expect(() => requireMatch(codestream, description)).not.toThrow();
  const other = () => requireMatch(codestream, { ...description, columns: 50_000 });
  expect(other).toThrow(expect.objectContaining({ code: 'corrupt' }));
});

test('what is no code stream is corrupt', () => {
  for (const bytes of [[], [1, 2, 3], [0xff, 0xd8, 0xff], [...jpeg(jfif)]]) {
    expect(() => readCodestream(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  }
});
