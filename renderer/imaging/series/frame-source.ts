import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import { describePixels } from '#shared/dicom/pixel-description.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import { createFrameDecoder } from '../decode/index.ts';
import type { FrameDecoder } from '../decode/index.ts';
import { pixelBuffer } from '../decode/shared-pixels.ts';
import { DECODING_WORKERS } from '../loading/lanes.ts';

export interface FrameOrder {
  readonly url: string;
  readonly metadata: DicomJson;
  readonly image: ImageDescription;
  readonly signal: AbortSignal;
  readonly isUrgent: boolean;
}

/** Pixel Data, Float Pixel Data, Double Float Pixel Data. */
const pixelElements = ['7FE00010', '7FE00008', '7FE00009'];

let decoder: FrameDecoder | undefined;

/** Fetches and decodes one frame off the page's thread, in the units the doctor measures in. Rejects with FrameFailure. */
export async function loadFrame({
  url,
  metadata,
  image,
  signal,
  isUrgent,
}: FrameOrder): Promise<DecodedFrame> {
  const description = describePixels(metadata, image.frameNumber);
  if (!description) throw new FrameFailure('unsupported', 'no image in this instance');
  if (!pixelElements.some((tag) => metadata[tag])) {
    throw new FrameFailure('no-pixels', 'no pixel data in this instance');
  }
  decoder ??= createFrameDecoder({ workers: DECODING_WORKERS });
  const frame = await decoder.decode({ source: { url }, description, signal, isUrgent });
  return image.suv?.kind === 'factor' ? inSuv(frame, image.suv.factor) : frame;
}

/** Everything that measures then reads SUV, without knowing of it. */
function inSuv(frame: DecodedFrame, factor: number): DecodedFrame {
  if (frame.kind === 'colour' || factor === 1) return frame;
  const { length } = frame.pixels;
  const pixels = new Float32Array(pixelBuffer(length * Float32Array.BYTES_PER_ELEMENT));
  for (let at = 0; at < length; at++) pixels[at] = (frame.pixels[at] ?? 0) * factor;
  return { ...frame, pixels, minimum: frame.minimum * factor, maximum: frame.maximum * factor };
}
