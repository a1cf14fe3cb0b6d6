import type { PixelDescription } from '../pixel-description.ts';
import { limits } from '../limits.ts';
import { FrameFailure } from './frame-failure.ts';
import { unpackBits } from './bytes.ts';
import { upsampleHorizontally } from './colour.ts';

export type Samples =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** One frame's stored values as the header means them, before any lookup table or colour conversion. */
export interface StoredFrame {
  /** Pixel by pixel, with the samples of one pixel side by side. */
  readonly samples: Samples;
  /** Of the samples, after decompression: decoders may have converted colours already. */
  readonly photometricInterpretation: string;
  /** The stored words with their unused bits, where overlays may hide; only if the header announces any. */
  readonly words?: Samples;
}

/** What a decoder hands over: whole samples, little endian, one cell per sample. */
export interface DecodedCells {
  readonly bytes: Uint8Array;
  readonly bitsPerCell: 8 | 16 | 32;
  /** Bits of one sample in the compressed data; may differ from Bits Stored. */
  readonly precision: number;
  /** Whether cells are two's complement already, whatever the header says. */
  readonly isSigned: boolean;
  /** False if the values may have left the range of Bits Stored (lossy compression). */
  readonly isExact: boolean;
  readonly photometricInterpretation: string;
  readonly planarConfiguration: 0 | 1;
}

/** Bytes of one native frame. A last odd byte belongs to the frame only if the count of bits does. */
export function nativeFrameBytes(description: PixelDescription): number {
  return Math.ceil(nativeFrameBits(description) / 8);
}

export function nativeFrameBits(description: PixelDescription): number {
  const { rows, columns, bitsAllocated } = description;
  return rows * columns * nativeSamplesPerPixel(description) * bitsAllocated;
}

/** YBR_FULL_422 shares one pair of colour differences between two pixels (PS3.3 section C.7.6.3.1.2). */
function nativeSamplesPerPixel(description: PixelDescription): number {
  const { photometricInterpretation, samplesPerPixel } = description;
  return is422(photometricInterpretation) && samplesPerPixel === 3 ? 2 : samplesPerPixel;
}

function is422(photometricInterpretation: string): boolean {
  return photometricInterpretation === 'YBR_FULL_422' || photometricInterpretation === 'YBR_PARTIAL_422';
}

/** Refuses descriptions that no decoder should be asked to allocate memory for. */
export function requireSaneSize(description: PixelDescription): void {
  const { rows, columns, samplesPerPixel, bitsAllocated } = description;
  const isCounted = [rows, columns, samplesPerPixel, bitsAllocated].every(
    (count) => Number.isInteger(count) && count > 0,
  );
  if (!isCounted || samplesPerPixel > 4) {
    throw new FrameFailure('unsupported', `${columns} × ${rows} × ${samplesPerPixel} × ${bitsAllocated} bit`);
  }
  const bytes = rows * columns * samplesPerPixel * Math.max(1, bitsAllocated / 8);
  if (rows > limits.rowsOrColumns || columns > limits.rowsOrColumns || bytes > limits.frameBytes) {
    throw new FrameFailure('too-large', `${columns} × ${rows} × ${samplesPerPixel} × ${bitsAllocated} bit`);
  }
}

/**
 * Reads an uncompressed little-endian frame. `bytes` start with the byte that holds the frame's first bit;
 * `bitOffset` is not 0 only where 1-bit frames are packed without gaps (PS3.5 section 8.1.1).
 *
 * The result may be a view of `bytes`, which may be changed in place.
 */
export function readNativeFrame(
  bytes: Uint8Array,
  description: PixelDescription,
  bitOffset = 0,
): StoredFrame {
  requireSaneSize(description);
  const expected = Math.ceil((nativeFrameBits(description) + bitOffset) / 8);
  if (bytes.length < expected) {
    throw new FrameFailure('corrupt', `${bytes.length} bytes where ${expected} belong`);
  }
  const { photometricInterpretation, samplesPerPixel } = description;
  if (description.bitsAllocated === 1) {
    const count = description.rows * description.columns * samplesPerPixel;
    return { samples: unpackBits(bytes, bitOffset, count), photometricInterpretation };
  }
  const words = readWords(plain(bytes, expected), description);
  const frame = withMeaning(words, description, description.bitsStored);
  if (is422(photometricInterpretation) && samplesPerPixel === 3) {
    const samples = upsampleHorizontally(frame.samples, description.rows, description.columns);
    return { samples, photometricInterpretation: photometricInterpretation.replace('_422', '') };
  }
  if (description.planarConfiguration !== 1 || samplesPerPixel === 1) return frame;
  return { ...frame, samples: interleave(frame.samples, samplesPerPixel) };
}

/** Turns a decoder's output into the values the header means. May change `cells.bytes` in place. */
export function readDecodedCells(cells: DecodedCells, description: PixelDescription): StoredFrame {
  const { words, bitsPerWord, hasWholeWords } = readCells(cells, description);
  const { photometricInterpretation } = cells;
  if (!cells.isExact)
    return { samples: description.isSigned ? asSigned(words) : words, photometricInterpretation };
  const meaning = {
    ...description,
    photometricInterpretation,
    bitsAllocated: bitsPerWord,
    highBit: hasWholeWords ? description.highBit : description.bitsStored - 1,
  };
  return withMeaning(words, meaning, description.bitsStored);
}

export interface CellWords {
  /** Pixel by pixel, at least as wide as the header's words; lossy ones limited to what Bits Stored can hold. */
  readonly words: Samples;
  readonly bitsPerWord: number;
  /** The encoder kept the stored words whole, with their unused bits; otherwise values start at bit 0. */
  readonly hasWholeWords: boolean;
}

/** @throws FrameFailure `corrupt` if the decoder gave less than a frame */
export function readCells(cells: DecodedCells, description: PixelDescription): CellWords {
  const { rows, columns, samplesPerPixel, highBit } = description;
  const expected = rows * columns * samplesPerPixel * (cells.bitsPerCell / 8);
  if (cells.bytes.length < expected) {
    throw new FrameFailure('corrupt', `decoded ${cells.bytes.length} bytes where ${expected} belong`);
  }
  const { words, bitsPerWord } = widen(cells, expected, description.bitsAllocated);
  if (!cells.isExact) saturate(words, cells, description);
  const isPlanar = cells.planarConfiguration === 1 && samplesPerPixel > 1;
  return {
    words: isPlanar ? interleave(words, samplesPerPixel) : words,
    bitsPerWord,
    hasWholeWords: cells.isExact && cells.precision > highBit,
  };
}

/**
 * Lossy decoders may leave the range of Bits Stored by a few steps. Cutting bits off would turn the brightest
 * pixel into the darkest. In place.
 */
function saturate(words: Samples, cells: DecodedCells, { bitsStored, isSigned }: PixelDescription): void {
  if (cells.precision <= bitsStored && !(isSigned && !cells.isSigned)) return;
  const values = isSigned ? asSigned(words) : words;
  // The code stream says unsigned, the header signed: the bits are right, the sign is not there yet.
  if (isSigned && !cells.isSigned) signExtend(values, Math.max(bitsStored, cells.precision));
  const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const highest = 2 ** (isSigned ? bitsStored - 1 : bitsStored) - 1;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    if (value > highest) values[index] = highest;
    else if (value < lowest) values[index] = lowest;
  }
}

function signExtend(values: Samples, bits: number): void {
  const shift = 32 - bits;
  for (let index = 0; index < values.length; index++)
    values[index] = ((values[index] ?? 0) << shift) >> shift;
}

/** Cells narrower than the header's words are widened with their sign, so that Bits Stored counts the same. */
function widen(
  { bytes, bitsPerCell, isSigned }: DecodedCells,
  byteLength: number,
  bitsAllocated: number,
): { words: Samples; bitsPerWord: number } {
  const words = wordsOf(plain(bytes, byteLength), bitsPerCell);
  if (bitsAllocated <= bitsPerCell) return { words, bitsPerWord: bitsPerCell };
  const signed = isSigned ? asSigned(words) : words;
  const wide = bitsAllocated === 16 ? new Uint16Array(words.length) : new Uint32Array(words.length);
  wide.set(signed);
  return { words: wide, bitsPerWord: wide.BYTES_PER_ELEMENT * 8 };
}

function readWords(bytes: Uint8Array, { bitsAllocated, element }: PixelDescription): Samples {
  if (element === 'float' && bitsAllocated === 32) return new Float32Array(...aligned(bytes, 4));
  if (element === 'double' && bitsAllocated === 64) return new Float64Array(...aligned(bytes, 8));
  return wordsOf(bytes, bitsAllocated);
}

function wordsOf(bytes: Uint8Array, bitsAllocated: number): Uint8Array | Uint16Array | Uint32Array {
  switch (bitsAllocated) {
    case 8:
      return bytes;
    case 16:
      return new Uint16Array(...aligned(bytes, 2));
    case 32:
      return new Uint32Array(...aligned(bytes, 4));
    default:
      throw new FrameFailure('unsupported', `${bitsAllocated} bits allocated`);
  }
}

/** The same bytes as nothing but a Uint8Array: `slice` of Node's Buffer copies nothing. */
function plain({ buffer, byteOffset }: Uint8Array, byteLength: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Arguments of a typed array over `bytes`: a view where the offset allows one, else a copy. */
function aligned(
  bytes: Uint8Array,
  bytesPerElement: number,
): [buffer: ArrayBuffer, byteOffset: number, length: number] {
  const isAligned = bytes.byteOffset % bytesPerElement === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : bytes.slice();
  return [buffer as ArrayBuffer, byteOffset, Math.floor(byteLength / bytesPerElement)];
}

/** Masks unused bits, moves the value down to bit 0 and gives it its sign (PS3.5 section 8.1.1). */
function withMeaning(words: Samples, description: PixelDescription, bitsStored: number): StoredFrame {
  const { photometricInterpretation, isSigned, bitsAllocated, highBit, element } = description;
  if (element !== 'integer') return { samples: words, photometricInterpretation };
  const overlays = description.embeddedOverlays ? { words: words.slice() } : {};
  const isWhole = bitsStored >= bitsAllocated && highBit >= bitsAllocated - 1;
  const samples = isSigned ? asSigned(words) : words;
  if (!isWhole) alignValues(samples, bitsAllocated, Math.min(bitsStored, highBit + 1), highBit, isSigned);
  return { samples, photometricInterpretation, ...overlays };
}

function asSigned(words: Samples): Samples {
  const { buffer, byteOffset, length } = words;
  if (words instanceof Uint8Array) return new Int8Array(buffer, byteOffset, length);
  if (words instanceof Uint16Array) return new Int16Array(buffer, byteOffset, length);
  if (words instanceof Uint32Array) return new Int32Array(buffer, byteOffset, length);
  return words;
}

/** In place. Both shifts together drop everything above the high bit and below the low one. */
function alignValues(
  samples: Samples,
  bitsAllocated: number,
  bitsStored: number,
  highBit: number,
  isSigned: boolean,
): void {
  const left = 31 - Math.min(highBit, bitsAllocated - 1);
  const right = 32 - bitsStored;
  if (isSigned) {
    for (let index = 0; index < samples.length; index++) {
      samples[index] = ((samples[index] ?? 0) << left) >> right;
    }
  } else {
    for (let index = 0; index < samples.length; index++) {
      samples[index] = ((samples[index] ?? 0) << left) >>> right;
    }
  }
}

/** Planes of red, green, blue to pixels of red, green, blue (Planar Configuration 1 to 0). */
export function interleave(samples: Samples, samplesPerPixel: number): Samples {
  const target = samples.slice();
  const planeLength = samples.length / samplesPerPixel;
  for (let plane = 0; plane < samplesPerPixel; plane++) {
    for (let index = 0; index < planeLength; index++) {
      target[index * samplesPerPixel + plane] = samples[plane * planeLength + index] ?? 0;
    }
  }
  return target;
}
