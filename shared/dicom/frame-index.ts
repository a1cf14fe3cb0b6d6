import type { BulkValue, Fragment, WalkedDataSet } from './data-set-walk.ts';
import type { InstanceSummary } from './instance-summary.ts';
import { limits } from './limits.ts';
import { Refusal } from '../domain/refusal.ts';
import type { ByteSource } from './byte-source.ts';

/** Where one frame lies in the file. A compressed frame may come in several pieces. */
export interface FramePart {
  /** From 1. */
  readonly frameNumber: number;
  readonly fileOffset: number;
  readonly byteLength: number;
  /** Bits to skip in the first byte: frames of 1-bit images are not byte-aligned (PS3.5 section 8.1.1). */
  readonly bitOffset: number;
}

/** @throws Refusal if the pixel data cannot hold what the header promises */
export function indexFrames(
  walked: WalkedDataSet,
  image: InstanceSummary['image'],
  source: ByteSource,
): FramePart[] {
  const pixelData =
    walked.bulkValues.get('x7fe00010') ??
    walked.bulkValues.get('x7fe00008') ??
    walked.bulkValues.get('x7fe00009');
  if (!pixelData || !image) return [];
  const { numberOfFrames } = image;
  if (!Number.isInteger(numberOfFrames) || numberOfFrames < 1 || numberOfFrames > limits.frames) {
    throw new Refusal('too-many-frames', `Number of Frames ${numberOfFrames}`);
  }
  if (pixelData.fragments) return indexEncapsulated(pixelData, pixelData.fragments, numberOfFrames, source);
  return indexNative(pixelData, image);
}

function indexNative(pixelData: BulkValue, image: NonNullable<InstanceSummary['image']>): FramePart[] {
  const { rows, columns, samplesPerPixel, bitsAllocated, numberOfFrames, photometricInterpretation } = image;
  if (rows < 1 || columns < 1 || rows > limits.rowsOrColumns || columns > limits.rowsOrColumns) {
    throw new Refusal('dimensions-too-large', `${columns} × ${rows}`);
  }
  const samples = photometricInterpretation === 'YBR_FULL_422' && bitsAllocated === 8 ? 2 : samplesPerPixel;
  const frameBits = rows * columns * samples * bitsAllocated;
  if (frameBits / 8 > limits.frameBytes)
    throw new Refusal('dimensions-too-large', `${frameBits / 8} bytes a frame`);
  if (bitsAllocated < 1 || frameBits * numberOfFrames > pixelData.byteLength * 8) {
    throw new Refusal(
      'pixel-data-too-short',
      `${pixelData.byteLength} bytes for ${numberOfFrames} frames of ${columns} × ${rows} × ${samples} × ${bitsAllocated} bit`,
    );
  }
  return Array.from({ length: numberOfFrames }, (_, index) => {
    const startBit = index * frameBits;
    const endBit = startBit + frameBits;
    const startByte = Math.floor(startBit / 8);
    return {
      frameNumber: index + 1,
      fileOffset: pixelData.fileOffset + startByte,
      byteLength: Math.ceil(endBit / 8) - startByte,
      bitOffset: startBit % 8,
    };
  });
}

/**
 * By Extended Offset Table (PS3.3 section C.7.6.3.1.8), Basic Offset Table, one fragment per frame,
 * or, for one frame, all fragments; in this order.
 */
function indexEncapsulated(
  pixelData: BulkValue,
  fragments: readonly Fragment[],
  numberOfFrames: number,
  source: ByteSource,
): FramePart[] {
  if (fragments.length < numberOfFrames) {
    throw new Refusal('pixel-data-too-short', `${fragments.length} fragments for ${numberOfFrames} frames`);
  }
  if (numberOfFrames === 1) return fragments.map((fragment) => part(1, fragment));
  if (fragments.length === numberOfFrames) {
    return fragments.map((fragment, index) => part(index + 1, fragment));
  }
  const offsets = pixelData.basicOffsetTable ?? [];
  if (offsets.length === numberOfFrames) {
    const [first] = fragments;
    const base = (first?.fileOffset ?? 0) - 8;
    const starts = offsets.map((offset) => base + offset + 8);
    let frame = 0;
    return fragments.map((fragment) => {
      while (frame < starts.length - 1 && fragment.fileOffset >= (starts[frame + 1] ?? Infinity)) frame++;
      return part(frame + 1, fragment);
    });
  }
  return byEndOfImageMarkers(fragments, numberOfFrames, source);
}

/** Several fragments per frame and no offset table: a JPEG-family frame ends with its end marker. */
function byEndOfImageMarkers(
  fragments: readonly Fragment[],
  numberOfFrames: number,
  source: ByteSource,
): FramePart[] {
  let frame = 1;
  const parts = fragments.map((fragment) => {
    const placed = part(frame, fragment);
    const tail = source.read(
      fragment.fileOffset + Math.max(0, fragment.byteLength - 16),
      Math.min(16, fragment.byteLength),
    );
    const endsImage = tail.some((byte, index) => byte === 0xff && tail[index + 1] === 0xd9);
    if (endsImage) frame++;
    return placed;
  });
  if (frame - 1 !== numberOfFrames) {
    throw new Refusal(
      'pixel-data-inconsistent',
      `${frame - 1} images in fragments for ${numberOfFrames} frames`,
    );
  }
  return parts;
}

function part(frameNumber: number, fragment: Fragment): FramePart {
  return { frameNumber, fileOffset: fragment.fileOffset, byteLength: fragment.byteLength, bitOffset: 0 };
}
