import { cache, imageLoader, init, metaData, setUseCPURendering } from '@cornerstonejs/core';
import { findImage } from '../image-stack.ts';
import { frameLoader } from '../loading/shared-loader.ts';
import { cornerstoneImage } from './cornerstone-image.ts';
import { metadataModule } from './metadata.ts';

/** Images the library holds beside ours while they are on the screen. */
const SPARE_BYTES = 256 * 1024 ** 2;
/** What the kinds of stacks put before the colon of their images' names. */
const imageSchemes = ['frame', 'slab', 'plane'];

let isStarted = false;

/** Starts Cornerstone3D once: our own image loader, metadata and cache limit, no others. */
export function startCornerstone(): void {
  if (isStarted) return;
  isStarted = true;
  init();
  setUseCPURendering(true);
  cache.setMaxCacheSize(frameLoader().cacheLimitBytes + SPARE_BYTES);
  frameLoader().onEvicted(forgetCornerstoneImage);
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
