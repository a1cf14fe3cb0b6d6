import { createMemorySource } from '#shared/dicom/byte-source.ts';
import type { ByteSource } from '#shared/dicom/byte-source.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import { SpecimenRefusal, encodedTiles } from './specimen-index.ts';
import type { IndexedLevel } from './specimen-index.ts';

/** The page decodes a plain image as a whole: four bytes a pixel, 256 MB. Larger ones have to be tiled. */
const MAXIMUM_IMAGE_PIXELS = 64_000_000;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];
/** Segments that begin a picture, ITU-T T.81 table B.1: baseline, extended and progressive. */
const STARTS_OF_FRAME = [0xc0, 0xc1, 0xc2];
const START_OF_SCAN = 0xda;

/**
 * A PNG or JPEG as one level of one tile; undefined for anything else.
 *
 * @throws SpecimenRefusal `too-large`, `damaged`
 */
export function indexPlainImage(
  path: string,
  source: ByteSource,
  micrometresPerPixel: number,
): IndexedLevel | undefined {
  const start = source.read(0, Math.min(source.byteLength, 32)).slice();
  const begins = (bytes: readonly number[]) => bytes.every((byte, at) => start[at] === byte);
  const size = begins(PNG) ? sizeOfPng(start) : begins(JPEG) ? sizeOfJpeg(source) : undefined;
  if (!size) return undefined;
  const [width, height] = size;
  if (width < 1 || height < 1) throw new SpecimenRefusal('damaged', `${width} × ${height}`);
  if (width * height > MAXIMUM_IMAGE_PIXELS) throw new SpecimenRefusal('too-large', `${width} × ${height}`);
  return {
    ...encodedTiles,
    path,
    micrometresPerPixel,
    widthPixels: width,
    heightPixels: height,
    tileWidth: width,
    tileHeight: height,
    columns: 1,
    rows: 1,
    offsets: Float64Array.of(0),
    lengths: Float64Array.of(source.byteLength),
  };
}

function sizeOfPng(start: Uint8Array): readonly [number, number] {
  const header = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (header.byteLength < 24) throw new SpecimenRefusal('damaged', 'a PNG without a header');
  return [header.getUint32(16), header.getUint32(20)];
}

/** From segment to segment up to the one that tells the size. */
function sizeOfJpeg(source: ByteSource): readonly [number, number] {
  let position = 2;
  try {
    for (;;) {
      const [marker = 0, kind = 0, high = 0, low = 0] = source.read(position, 4);
      if (marker !== 0xff || kind === START_OF_SCAN) break;
      if (STARTS_OF_FRAME.includes(kind)) {
        const frame = source.read(position + 5, 4);
        return [(frame[2] ?? 0) * 256 + (frame[3] ?? 0), (frame[0] ?? 0) * 256 + (frame[1] ?? 0)];
      }
      // Padding between segments.
      position += kind === 0xff ? 1 : 2 + high * 256 + low;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  throw new SpecimenRefusal('damaged', 'a JPEG without a size');
}

/** How a tile's JPEG says its colours, if it does: only where it does not, what the slide says counts. */
export function withRgbMark(jpeg: Uint8Array): Uint8Array {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8 || hasColourMark(jpeg)) return jpeg;
  return Buffer.concat([jpeg.subarray(0, 2), ADOBE_RGB, jpeg.subarray(2)]);
}

/** APP14 with transform 0: red, green, blue as they are. */
const ADOBE_RGB = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

function hasColourMark(jpeg: Uint8Array): boolean {
  const source = createMemorySource(jpeg);
  let position = 2;
  while (position + 4 <= jpeg.byteLength) {
    const [marker = 0, kind = 0, high = 0, low = 0] = source.read(position, 4);
    if (marker !== 0xff || kind === START_OF_SCAN) return false;
    if (kind === 0xe0 || kind === 0xee) return true;
    position += kind === 0xff ? 1 : 2 + high * 256 + low;
  }
  return false;
}
