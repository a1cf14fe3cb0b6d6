import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';

/** Whether a worker may read pixels where they lie; needs the page's isolation headers. */
export const canSharePixels = globalThis.crossOriginIsolated && typeof SharedArrayBuffer === 'function';

/**
 * The same frame with its pixels in shared memory: reformats read them in a worker without a second copy
 * of the volume. The first copy is freed at once.
 */
export function shared(frame: DecodedFrame): DecodedFrame {
  const { pixels } = frame;
  if (!canSharePixels || pixels.buffer instanceof SharedArrayBuffer) return frame;
  const copy = new (pixels.constructor as Uint8ArrayConstructor)(
    new SharedArrayBuffer(pixels.byteLength) as unknown as ArrayBuffer,
  );
  copy.set(pixels);
  const { buffer } = pixels as Uint8Array<ArrayBuffer>;
  if (buffer.byteLength === pixels.byteLength) buffer.transfer(0);
  return { ...frame, pixels: copy };
}
