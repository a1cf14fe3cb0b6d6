import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import { FrameLoader } from './frame-loader.ts';

const GIBIBYTE = 1024 ** 3;

let loader: FrameLoader | undefined;

/** The one that all parts of the screen share. */
export function frameLoader(): FrameLoader {
  loader ??= new FrameLoader(cacheLimitBytes());
  return loader;
}

/** The values of an image, in the units the doctor measures in; undefined while it is not in memory. */
export function peekFrame(imageId: string): DecodedFrame | undefined {
  return frameLoader().peek(imageId);
}

/** A quarter of the machine's memory; Chromium tells at most 8 GiB or so. */
function cacheLimitBytes(): number {
  const memoryGib = (navigator as Navigator & { deviceMemory?: number }).deviceMemory ?? 4;
  return Math.min(4, Math.max(1, memoryGib / 4)) * GIBIBYTE;
}
