import type { PixelDescription } from '../pixel-description.ts';
import { FrameFailure } from './frame-failure.ts';

/** What a compressed frame says about itself, read before any decoder is asked to allocate memory for it. */
export interface Codestream {
  readonly format: 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg2000' | 'htj2k';
  readonly columns: number;
  readonly rows: number;
  readonly components: number;
  /** Bits of one sample. */
  readonly precision: number;
  /** Only JPEG 2000 knows; JPEG samples are never signed. */
  readonly isSigned: boolean;
  /** What the markers of a JPEG say of its three components; undefined if they say nothing. */
  readonly colours?: 'YBR' | 'RGB';
  /** JPEG-LS: a scan for each component, which decoders leave one after the other. */
  readonly isPlanar: boolean;
  /** JPEG 2000: the decoder itself turns YBR_RCT or YBR_ICT back into RGB. */
  readonly hasComponentTransform: boolean;
  /** Without what some writers wrap around it (JP2 boxes). */
  readonly bytes: Uint8Array;
}

/** @throws FrameFailure `corrupt` */
export function readCodestream(bytes: Uint8Array): Codestream {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  const start = findJpeg2000(bytes);
  if (start !== undefined) return readJpeg2000(bytes.subarray(start));
  throw new FrameFailure('corrupt', 'no JPEG or JPEG 2000 codestream');
}

/** @throws FrameFailure `corrupt` if the frame is not the one the header describes */
export function requireMatch(codestream: Codestream, description: PixelDescription): void {
  const { rows, columns, samplesPerPixel } = description;
  if (
    codestream.rows !== rows ||
    codestream.columns !== columns ||
    codestream.components !== samplesPerPixel
  ) {
    throw new FrameFailure(
      'corrupt',
      `compressed ${codestream.columns} × ${codestream.rows} × ${codestream.components}, ` +
        `header ${columns} × ${rows} × ${samplesPerPixel}`,
    );
  }
}

/**
 * Whether a JPEG's components have to be turned from YBR into RGB. The header rules (PS3.5 section 8.2.1),
 * but many writers say RGB where their encoder, and its markers, say YBR.
 */
export function needsColourTransform(codestream: Codestream, photometricInterpretation: string): boolean {
  if (photometricInterpretation.startsWith('YBR')) return true;
  return codestream.colours === 'YBR';
}

const uint16 = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const uint32 = (bytes: Uint8Array, at: number) => uint16(bytes, at) * 0x10000 + uint16(bytes, at + 2);

/** ISO 10918-1 annex B: segments up to the start of frame. */
function readJpeg(bytes: Uint8Array): Codestream {
  let colours: Codestream['colours'];
  for (const segment of jpegSegments(bytes)) {
    const { marker, start } = segment;
    if (isJfif(bytes, segment)) colours ??= 'YBR';
    if (isAdobe(bytes, segment)) colours = bytes[start + 11] === 1 ? 'YBR' : 'RGB';
    if (!isStartOfFrame(marker)) continue;
    const components = bytes[start + 5] ?? 0;
    const ids = Array.from({ length: components }, (_, index) => bytes[start + 6 + index * 3] ?? 0);
    if (String.fromCharCode(...ids) === 'RGB') colours ??= 'RGB';
    const isLossless = marker === 0xc3 || marker === 0xcb || marker === 0xc7 || marker === 0xcf;
    const isJpegLs = marker === 0xf7;
    return {
      format: isJpegLs ? 'jpeg-ls' : isLossless ? 'jpeg-lossless' : 'jpeg',
      precision: bytes[start] ?? 0,
      rows: uint16(bytes, start + 1),
      columns: uint16(bytes, start + 3),
      components,
      isSigned: false,
      ...(colours && components === 3 && { colours }),
      isPlanar: isJpegLs && scanComponents(bytes) < components,
      hasComponentTransform: false,
      bytes,
    };
  }
  throw new FrameFailure('corrupt', 'JPEG without a start of frame');
}

interface Segment {
  readonly marker: number;
  /** Of the marker, and of the segment's content after its length. */
  readonly markerAt: number;
  readonly start: number;
  readonly end: number;
}

function* jpegSegments(bytes: Uint8Array): Generator<Segment> {
  let position = 2;
  while (position + 4 <= bytes.length) {
    if (bytes[position] !== 0xff) return;
    const marker = bytes[position + 1] ?? 0;
    if (marker === 0xff) {
      position++;
      continue;
    }
    if (marker === 0xd9 || marker === 0xda) return;
    const end = position + 2 + uint16(bytes, position + 2);
    yield { marker, markerAt: position, start: position + 4, end };
    position = end;
  }
}

/** Components of the first scan. */
function scanComponents(bytes: Uint8Array): number {
  const lastEnd = [...jpegSegments(bytes)].at(-1)?.end ?? 2;
  return bytes[lastEnd + 1] === 0xda ? (bytes[lastEnd + 4] ?? 0) : 0;
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC), and SOF55 of JPEG-LS. */
function isStartOfFrame(marker: number): boolean {
  if (marker === 0xf7) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isJfif(bytes: Uint8Array, { marker, start }: Segment): boolean {
  return marker === 0xe0 && String.fromCharCode(...bytes.subarray(start, start + 4)) === 'JFIF';
}

function isAdobe(bytes: Uint8Array, { marker, start, end }: Segment): boolean {
  const name = String.fromCharCode(...bytes.subarray(start, start + 5));
  return marker === 0xee && end - start >= 12 && name === 'Adobe';
}

/**
 * The same JPEG with one unmistakable statement about its colours, in the place of what it said before:
 * libjpeg and its relatives decide by these markers, not by the DICOM header.
 */
export function withColourMarker(bytes: Uint8Array, isYbr: boolean): Uint8Array {
  const marker = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, isYbr ? 1 : 0];
  const dropped = [...jpegSegments(bytes)].filter(
    (segment) => isJfif(bytes, segment) || isAdobe(bytes, segment),
  );
  const parts: Uint8Array[] = [bytes.subarray(0, 2), Uint8Array.from(marker)];
  let position = 2;
  for (const { markerAt, end } of dropped) {
    parts.push(bytes.subarray(position, markerAt));
    position = end;
  }
  parts.push(bytes.subarray(position));
  return concatenate(parts);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const JP2_SEARCH_BYTES = 4096;

/** Start of the codestream: at once, or inside JP2 boxes, which DICOM does not allow and some writers write. */
function findJpeg2000(bytes: Uint8Array): number | undefined {
  const isJp2 = uint32(bytes, 4) === 0x6a502020;
  const end = isJp2 ? Math.min(bytes.length, JP2_SEARCH_BYTES) : 1;
  for (let start = 0; start < end; start++) {
    if (uint32(bytes, start) === 0xff4fff51) return start;
  }
  return undefined;
}

/** ISO 15444-1 annex A: SIZ, then CAP (only in HTJ2K, ISO 15444-15) and COD in any order. */
function readJpeg2000(bytes: Uint8Array): Codestream {
  const size = 6;
  const columns = uint32(bytes, size + 2) - uint32(bytes, size + 10);
  const rows = uint32(bytes, size + 6) - uint32(bytes, size + 14);
  const components = uint16(bytes, size + 34);
  const depth = bytes[size + 36] ?? 0;
  const precision = (depth & 0x7f) + 1;
  const isSigned = depth > 0x7f;
  let position = 4 + uint16(bytes, 4);
  let isHighThroughput = false;
  let hasComponentTransform = false;
  while (position + 4 <= bytes.length && bytes[position] === 0xff) {
    const marker = bytes[position + 1];
    if (marker === 0x90) break;
    if (marker === 0x50) isHighThroughput = true;
    if (marker === 0x52) hasComponentTransform = bytes[position + 8] === 1;
    position += 2 + uint16(bytes, position + 2);
  }
  const format = isHighThroughput ? 'htj2k' : 'jpeg2000';
  return {
    format,
    columns,
    rows,
    components,
    precision,
    isSigned,
    isPlanar: false,
    hasComponentTransform,
    bytes,
  };
}
