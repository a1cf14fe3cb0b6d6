import type { PixelDescription } from '../pixel-description.ts';
import { FrameFailure } from './frame-failure.ts';
import type { DecodedCells } from './stored-frame.ts';
import { requireSaneSize } from './stored-frame.ts';

const HEADER_BYTES = 64;
const MAXIMUM_SEGMENTS = 15;

/**
 * RLE Lossless, PS3.5 annex G: each segment is one byte (the most significant first) of one sample, in
 * PackBits. Pixels of 1 bit are packed in bytes of 8 before compression.
 */
export function decodeRle(bytes: Uint8Array, description: PixelDescription): DecodedCells {
  requireSaneSize(description);
  const { rows, columns, samplesPerPixel, bitsAllocated, photometricInterpretation } = description;
  if (bytes.length < HEADER_BYTES) throw new FrameFailure('corrupt', 'RLE header is cut off');
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const segmentCount = header.getUint32(0, true);
  const isOneBit = bitsAllocated === 1;
  const bytesPerCell = isOneBit ? 1 : bitsAllocated / 8;
  if (segmentCount > MAXIMUM_SEGMENTS || segmentCount !== samplesPerPixel * bytesPerCell) {
    throw new FrameFailure('corrupt', `${segmentCount} RLE segments for ${samplesPerPixel} samples`);
  }
  const planeLength = isOneBit ? Math.ceil((rows * columns) / 8) : rows * columns;
  const planes = new Uint8Array(planeLength * samplesPerPixel * bytesPerCell);
  for (let segment = 0; segment < segmentCount; segment++) {
    const start = header.getUint32(4 + segment * 4, true);
    const next = segment + 1 < segmentCount ? header.getUint32(8 + segment * 4, true) : bytes.length;
    const sample = Math.floor(segment / bytesPerCell);
    const significance = bytesPerCell - 1 - (segment % bytesPerCell);
    const target = { bytes: planes, at: sample * planeLength * bytesPerCell + significance, bytesPerCell };
    unpackSegment(bytes.subarray(start, Math.max(start, next)), target, planeLength);
  }
  return {
    bytes: isOneBit ? unpackOneBit(planes, planeLength, rows * columns, samplesPerPixel) : planes,
    bitsPerCell: isOneBit ? 8 : (bitsAllocated as 8 | 16 | 32),
    precision: bitsAllocated,
    isSigned: description.isSigned,
    isExact: true,
    photometricInterpretation,
    planarConfiguration: 1,
  };
}

function unpackSegment(
  source: Uint8Array,
  target: { bytes: Uint8Array; at: number; bytesPerCell: number },
  length: number,
): void {
  const { bytes, bytesPerCell } = target;
  let { at } = target;
  let remaining = length;
  let position = 0;
  while (remaining > 0 && position < source.length) {
    const control = source[position++] ?? 0;
    if (control === 128) continue;
    const isLiteral = control < 128;
    let count = isLiteral ? control + 1 : 257 - control;
    const available = isLiteral ? source.length - position : position < source.length ? count : 0;
    count = Math.min(count, remaining, available);
    for (let index = 0; index < count; index++, at += bytesPerCell) {
      bytes[at] = source[isLiteral ? position + index : position] ?? 0;
    }
    position += isLiteral ? control + 1 : 1;
    remaining -= count;
  }
  if (remaining > 0) throw new FrameFailure('corrupt', `RLE segment ends ${remaining} bytes early`);
}

function unpackOneBit(packed: Uint8Array, planeBytes: number, pixels: number, planes: number): Uint8Array {
  const unpacked = new Uint8Array(pixels * planes);
  for (let plane = 0; plane < planes; plane++) {
    for (let index = 0; index < pixels; index++) {
      const byte = packed[plane * planeBytes + (index >> 3)] ?? 0;
      unpacked[plane * pixels + index] = (byte >> (index & 7)) & 1;
    }
  }
  return unpacked;
}
