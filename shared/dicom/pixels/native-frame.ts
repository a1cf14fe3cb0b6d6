import type { PixelDescription } from '../pixel-description.ts';
import { alignBits, packBits } from './bytes.ts';
import { FrameFailure } from './frame-failure.ts';
import { nativeFrameBits, nativeFrameBytes, readCells } from './stored-frame.ts';
import type { DecodedCells } from './stored-frame.ts';

export interface NativeFrame {
  /** As Explicit VR Little Endian stores it: Bits Allocated and High Bit of the header, pixel by pixel. */
  readonly bytes: Uint8Array;
  /** May be RGB where the header says YBR; see `needsColourTransform`. */
  readonly photometricInterpretation: string;
  readonly planarConfiguration: number;
}

/** A decompressed frame in the words its header describes. */
export function nativeFrameOf(cells: DecodedCells, description: PixelDescription): NativeFrame {
  const { bitsAllocated, bitsStored, highBit } = description;
  const meaning = {
    photometricInterpretation: cells.photometricInterpretation,
    planarConfiguration: 0,
  };
  const { words, bitsPerWord, hasWholeWords } = readCells(cells, description);
  if (bitsAllocated === 1) return { ...meaning, bytes: packBits(words) };
  if (bitsPerWord !== bitsAllocated) {
    throw new FrameFailure('corrupt', `${cells.precision} bits compressed, ${bitsAllocated} allocated`);
  }
  const shift = hasWholeWords ? 0 : highBit + 1 - bitsStored;
  if (shift > 0)
    for (let index = 0; index < words.length; index++) words[index] = (words[index] ?? 0) << shift;
  const { buffer, byteOffset, byteLength } = words;
  return { ...meaning, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** A native little-endian frame without what precedes its first bit and follows its last. */
export function trimNativeFrame(
  bytes: Uint8Array,
  description: PixelDescription,
  bitOffset: number,
): NativeFrame {
  const { photometricInterpretation, planarConfiguration, bitsAllocated } = description;
  const expected = nativeFrameBytes(description);
  if (bytes.length < expected)
    throw new FrameFailure('corrupt', `${bytes.length} bytes where ${expected} belong`);
  const isOneBit = bitsAllocated === 1;
  return {
    bytes: isOneBit ? alignBits(bytes, bitOffset, nativeFrameBits(description)) : bytes.subarray(0, expected),
    photometricInterpretation,
    planarConfiguration,
  };
}
