import { FrameLoader } from './frame-loader.ts';

const GIBIBYTE = 1024 ** 3;

let loader: FrameLoader | undefined;

/** The one that all parts of the screen share. */
export function frameLoader(): FrameLoader {
  loader ??= new FrameLoader(cacheLimitBytes());
  return loader;
}

/** A quarter of the machine's memory; Chromium tells at most 8 GiB or so. */
function cacheLimitBytes(): number {
  const memoryGib = (navigator as Navigator & { deviceMemory?: number }).deviceMemory ?? 4;
  return Math.min(4, Math.max(1, memoryGib / 4)) * GIBIBYTE;
}
