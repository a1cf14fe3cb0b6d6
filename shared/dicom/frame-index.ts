import type { ByteSource } from './byte-source.ts';
import type { BulkValue, WalkedDataSet, WalkedElement } from './data-set-walk.ts';
import { uint32 } from './element-header.ts';
import type { Fragment } from './encapsulation.ts';
import type { InstanceSummary } from './instance-summary.ts';
import { limits } from './limits.ts';
import { Refusal } from '../domain/refusal.ts';
import type { TransferSyntax } from './transfer-syntax.ts';

/** Where one frame lies in the file. A compressed frame may come in several pieces. */
export interface FramePart {
  /** From 1. */
  readonly frameNumber: number;
  readonly fileOffset: number;
  readonly byteLength: number;
  /** Bits to skip in the first byte: frames of 1-bit images are not byte-aligned (PS3.5 section 8.1.1). */
  readonly bitOffset: number;
}

const FLOAT_PIXEL_DATA = 'x7fe00008';
const DOUBLE_FLOAT_PIXEL_DATA = 'x7fe00009';
const PIXEL_DATA = 'x7fe00010';
const EXTENDED_OFFSET_TABLE = 'x7fe00001';

/**
 * Empty for instances without pixels and for video, which is one stream and has no frames to find.
 *
 * @throws Refusal if the pixel data cannot hold what the header promises
 */
export function indexFrames(
  walked: WalkedDataSet,
  image: InstanceSummary['image'],
  source: ByteSource,
  transferSyntax: TransferSyntax,
): FramePart[] {
  const pixelData = pixelDataOf(walked);
  if (!pixelData || !image || transferSyntax.video) return [];
  if (image.numberOfFrames < 1) throw new Refusal('malformed', 'Number of Frames is no number');
  if (image.numberOfFrames > limits.frames) {
    throw new Refusal('too-many-frames', `Number of Frames ${image.numberOfFrames}`);
  }
  const pieces = Math.max(image.numberOfFrames, pixelData.fragments?.length ?? 0);
  if (pieces > limits.framesOfAnySize && pixelData.byteLength < pieces * limits.smallestFrameBytes) {
    throw new Refusal('too-many-frames', `${pieces} frames or fragments in ${pixelData.byteLength} bytes`);
  }
  const { rows, columns } = image;
  if (rows < 1 || columns < 1 || rows > limits.rowsOrColumns || columns > limits.rowsOrColumns) {
    throw new Refusal('dimensions-too-large', `${columns} × ${rows}`);
  }
  if (!pixelData.fragments) return indexNative(pixelData, image);
  return indexEncapsulated(pixelData.fragments, offsetTable(walked, pixelData, source), image, source);
}

export function pixelDataOf({ bulkValues }: WalkedDataSet): BulkValue | undefined {
  return (
    bulkValues.get(PIXEL_DATA) ?? bulkValues.get(FLOAT_PIXEL_DATA) ?? bulkValues.get(DOUBLE_FLOAT_PIXEL_DATA)
  );
}

function indexNative(pixelData: BulkValue, image: NonNullable<InstanceSummary['image']>): FramePart[] {
  const { rows, columns, samplesPerPixel, bitsAllocated, numberOfFrames, photometricInterpretation } = image;
  const isSubsampled = photometricInterpretation.endsWith('_422') && bitsAllocated === 8;
  const samples = isSubsampled ? 2 : samplesPerPixel;
  const frameBits = rows * columns * samples * bitsAllocated;
  if (frameBits / 8 > limits.frameBytes)
    throw new Refusal('dimensions-too-large', `${frameBits / 8} bytes a frame`);
  if (frameBits < 1 || frameBits * numberOfFrames > pixelData.byteLength * 8) {
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
 * One fragment per frame needs no table. Otherwise by offset table if it is true, else by the end
 * markers inside the fragments.
 */
function indexEncapsulated(
  fragments: readonly Fragment[],
  offsets: readonly number[],
  { numberOfFrames }: NonNullable<InstanceSummary['image']>,
  source: ByteSource,
): FramePart[] {
  if (fragments.length < numberOfFrames) {
    throw new Refusal('pixel-data-too-short', `${fragments.length} fragments for ${numberOfFrames} frames`);
  }
  if (numberOfFrames === 1) return fragments.map((fragment) => part(1, fragment));
  if (fragments.length === numberOfFrames) {
    return fragments.map((fragment, index) => part(index + 1, fragment));
  }
  return byOffsets(fragments, offsets, numberOfFrames) ?? byEndMarkers(fragments, numberOfFrames, source);
}

/** Undefined if the table does not name the start of a fragment for each frame, in order. */
function byOffsets(
  fragments: readonly Fragment[],
  offsets: readonly number[],
  numberOfFrames: number,
): FramePart[] | undefined {
  const base = fragments[0]?.fileOffset ?? 0;
  if (offsets.length !== numberOfFrames || offsets[0] !== 0) return undefined;
  let frameNumber = 0;
  const parts = fragments.map((fragment) => {
    if (fragment.fileOffset - base === offsets[frameNumber]) frameNumber++;
    return part(frameNumber, fragment);
  });
  return frameNumber === numberOfFrames ? parts : undefined;
}

/** Several fragments per frame and no offset table: a JPEG-family frame ends with its end marker. */
function byEndMarkers(
  fragments: readonly Fragment[],
  numberOfFrames: number,
  source: ByteSource,
): FramePart[] {
  let frameNumber = 1;
  const parts = fragments.map((fragment) => {
    const placed = part(frameNumber, fragment);
    const tailBytes = Math.min(16, fragment.byteLength);
    const tail = source.read(fragment.fileOffset + fragment.byteLength - tailBytes, tailBytes);
    if (tail.some((byte, index) => byte === 0xff && tail[index + 1] === 0xd9)) frameNumber++;
    return placed;
  });
  if (frameNumber - 1 !== numberOfFrames) {
    throw new Refusal(
      'pixel-data-inconsistent',
      `${frameNumber - 1} images in ${fragments.length} fragments for ${numberOfFrames} frames`,
    );
  }
  return parts;
}

/** Extended Offset Table (7FE0,0001), PS3.3 section C.7.6.3.1.8, else the Basic one; offsets of frames. */
function offsetTable(walked: WalkedDataSet, pixelData: BulkValue, source: ByteSource): readonly number[] {
  const element: WalkedElement | undefined = walked.dataSet.elements[EXTENDED_OFFSET_TABLE];
  if (!element || element.length === 0) return pixelData.basicOffsetTable ?? [];
  if (element.length > limits.frames * 8)
    throw new Refusal('too-many-frames', 'Extended Offset Table too long');
  const bytes = element.bulk
    ? source.read(element.bulk.fileOffset, element.length)
    : walked.dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
  return Array.from(
    { length: Math.floor(bytes.length / 8) },
    (_, index) => uint32(bytes, index * 8, true) + uint32(bytes, index * 8 + 4, true) * 2 ** 32,
  );
}

function part(frameNumber: number, fragment: Fragment): FramePart {
  return { frameNumber, fileOffset: fragment.fileOffset, byteLength: fragment.byteLength, bitOffset: 0 };
}
