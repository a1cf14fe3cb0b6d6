import { cache, imageLoader, init, metaData, setUseCPURendering } from '@cornerstonejs/core';
import { findImage } from '../image-stack.ts';
import { FrameLoader } from '../loading/frame-loader.ts';
import { cornerstoneImage } from './cornerstone-image.ts';
import { metadataModule } from './metadata.ts';

const GIBIBYTE = 1024 ** 3;
/** Images the library holds beside ours while they are on the screen. */
const SPARE_BYTES = 256 * 1024 ** 2;
/** What the kinds of stacks put before the colon of their images' names. */
export const imageSchemes = ['frame', 'slab', 'plane'] as const;

let loader: FrameLoader | undefined;

/** The one that all parts of the screen share. */
export function frameLoader(): FrameLoader {
  loader ??= new FrameLoader({ cacheLimitBytes: cacheLimitBytes(), onEvicted: forgetCornerstoneImage });
  return loader;
}

let isStarted = false;

/** Starts Cornerstone3D once: our own image loader, metadata and cache limit, no others. */
export function startCornerstone(): void {
  if (isStarted) return;
  isStarted = true;
  init();
  setUseCPURendering(true);
  cache.setMaxCacheSize(cacheLimitBytes() + SPARE_BYTES);
  for (const scheme of imageSchemes) {
    imageLoader.registerImageLoader(scheme, (imageId) => ({ promise: loadCornerstoneImage(imageId) }));
  }
  metaData.addProvider((type: string, imageId: string) => metadataModule(type, imageId), 10_000);
}

async function loadCornerstoneImage(imageId: string) {
  const frame = await frameLoader().load(imageId);
  const image = findImage(imageId);
  if (!image) throw new Error(`unknown image ${imageId}`);
  return cornerstoneImage(image, frame);
}

function forgetCornerstoneImage(imageId: string): void {
  if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId);
}

/** A quarter of the machine's memory; Chromium tells at most 8 GiB or so. */
function cacheLimitBytes(): number {
  const memoryGib = (navigator as Navigator & { deviceMemory?: number }).deviceMemory ?? 4;
  return Math.min(4, Math.max(1, memoryGib / 4)) * GIBIBYTE;
}
