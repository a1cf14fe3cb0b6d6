import type { DecodedFrame, PixelDescription } from '#shared/dicom/pixel-description.ts';
import { readCodestream, requireMatch } from '#shared/dicom/pixels/codestream.ts';
import { finishFrame } from '#shared/dicom/pixels/decoded-frame.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import { decodeRle } from '#shared/dicom/pixels/rle.ts';
import {
  nativeFrameBytes,
  readDecodedCells,
  readNativeFrame,
  requireSaneSize,
} from '#shared/dicom/pixels/stored-frame.ts';
import type { StoredFrame } from '#shared/dicom/pixels/stored-frame.ts';
import { DEFLATED_IMAGE_FRAME, RLE_LOSSLESS, isNativeFrame } from '#shared/dicom/pixels/frame-syntax.ts';
import { decodeCodestream } from './codecs.ts';

/** Bytes of one frame, in the transfer syntax of the description, to what is shown. */
export async function decodeFrame(
  bytes: Uint8Array,
  description: PixelDescription,
  bitOffset = 0,
): Promise<DecodedFrame> {
  requireSaneSize(description);
  return finishFrame(await decodeStored(bytes, description, bitOffset), description);
}

async function decodeStored(
  bytes: Uint8Array,
  description: PixelDescription,
  bitOffset: number,
): Promise<StoredFrame> {
  const { transferSyntaxUid } = description;
  if (transferSyntaxUid === RLE_LOSSLESS) {
    return readDecodedCells(decodeRle(bytes, description), description);
  }
  if (transferSyntaxUid === DEFLATED_IMAGE_FRAME) {
    return readNativeFrame(await inflate(bytes, nativeFrameBytes(description)), description);
  }
  if (isNativeFrame(transferSyntaxUid)) return readNativeFrame(bytes, description, bitOffset);
  const codestream = readCodestream(bytes);
  requireMatch(codestream, description);
  return readDecodedCells(await decodeCodestream(codestream, description), description);
}

/**
 * At most `byteLength` bytes, so that a deflated bomb costs no more than the frame it claims to be. Fragments
 * have an even length: a byte of padding may follow, which DecompressionStream takes for an error.
 */
async function inflate(bytes: Uint8Array, byteLength: number): Promise<Uint8Array> {
  try {
    return await inflateExactly(bytes, byteLength).catch(() =>
      inflateExactly(bytes.subarray(0, -1), byteLength),
    );
  } catch {
    throw new FrameFailure('corrupt', 'the deflated frame cannot be inflated');
  }
}

async function inflateExactly(bytes: Uint8Array, byteLength: number): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const target = new Uint8Array(byteLength);
  let length = 0;
  for await (const chunk of stream) {
    const part = chunk.subarray(0, byteLength - length);
    target.set(part, length);
    length += part.length;
    if (length === byteLength) break;
  }
  return target.subarray(0, length);
}
