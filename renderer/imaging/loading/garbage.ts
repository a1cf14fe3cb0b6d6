import { canSharePixels } from '../decode/shared-pixels.ts';

/** How much may wait to be collected. */
const COLLECTED_AT_BYTES = 64 * 1024 ** 2;

declare global {
  interface Performance {
    /** Chromium only, on isolated pages. */
    measureUserAgentSpecificMemory?(): Promise<{ readonly bytes: number }>;
  }
}

let waitingBytes = 0;
let isMeasuring = false;

/**
 * Shared memory does not count for Chromium's garbage collector: pixels that were let go of would stay
 * until something else gives it a reason to look. Measuring memory is one: it collects first, in the page
 * and its workers, within some seconds.
 */
export function freed(bytes: number): void {
  waitingBytes += bytes;
  if (waitingBytes < COLLECTED_AT_BYTES || isMeasuring || !canSharePixels) return;
  if (!performance.measureUserAgentSpecificMemory) return;
  waitingBytes = 0;
  isMeasuring = true;
  void performance
    .measureUserAgentSpecificMemory()
    .catch(() => {})
    .finally(() => {
      isMeasuring = false;
      freed(0);
    });
}
