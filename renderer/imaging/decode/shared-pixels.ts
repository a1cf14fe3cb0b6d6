import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';

/** Whether page and workers may read the same pixels where they lie; needs the page's isolation headers. */
export const canSharePixels = globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function';

/** Memory for pixels that will stay: shared where that is possible. */
export function pixelBuffer(byteLength: number): ArrayBuffer {
  return (canSharePixels ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength)) as ArrayBuffer;
}

/**
 * The same frame with its pixels in shared memory: reformats read them in a worker without a second copy
 * of the volume. The first copy is freed at once.
 */
export function shared(frame: DecodedFrame): DecodedFrame {
  const { pixels } = frame;
  if (!canSharePixels || pixels.buffer instanceof SharedArrayBuffer) return frame;
  const copy = new (pixels.constructor as Uint8ArrayConstructor)(pixelBuffer(pixels.byteLength));
  copy.set(pixels);
  const { buffer } = pixels as Uint8Array<ArrayBuffer>;
  if (buffer.byteLength === pixels.byteLength) buffer.transfer(0);
  return { ...frame, pixels: copy };
}
