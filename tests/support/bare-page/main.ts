// The floor for the bench: Cornerstone3D with the least that shows a series of 16-bit CT, and nothing else.
import {
  Enums,
  RenderingEngine,
  imageLoader,
  init,
  metaData,
  setUseCPURendering,
  utilities,
} from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { firstNumber, firstText, numbers } from '#shared/dicom/attributes.ts';

const COLUMNS = '00280011';
const ROWS = '00280010';
let seriesUrl = '';
const headers = new Map<string, DicomJson>();

async function load(imageId: string): Promise<Types.IImage> {
  const header = headers.get(imageId);
  if (!header) throw new Error('unknown image');
  const response = await fetch(`${seriesUrl}/instances/${imageId.slice('bare:'.length)}/frames/1`, {
    headers: { Accept: 'application/octet-stream' },
  });
  const pixels = new Int16Array(await response.arrayBuffer());
  const columns = firstNumber(header, COLUMNS) ?? 0;
  const rows = firstNumber(header, ROWS) ?? 0;
  const image = {
    imageId,
    rows,
    columns,
    width: columns,
    height: rows,
    color: false,
    rgba: false,
    numberOfComponents: 1,
    dataType: 'Int16Array',
    getPixelData: () => pixels,
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width: columns,
      height: rows,
      scalarData: pixels,
      numberOfComponents: 1,
    }),
    sizeInBytes: pixels.byteLength,
    minPixelValue: -2048,
    maxPixelValue: 4095,
    slope: 1,
    intercept: 0,
    windowCenter: [40],
    windowWidth: [400],
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    invert: false,
    rowPixelSpacing: 0.5,
    columnPixelSpacing: 0.5,
    imageFrame: { photometricInterpretation: 'MONOCHROME2' },
    preScale: { enabled: true, scaled: true, scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0 } },
  };
  return image as unknown as Types.IImage;
}

function moduleOf(type: string, imageId: string): unknown {
  const header = headers.get(imageId);
  if (!header) return undefined;
  if (type === 'imagePixelModule') {
    return {
      bitsAllocated: 16,
      bitsStored: 16,
      highBit: 15,
      pixelRepresentation: 1,
      photometricInterpretation: 'MONOCHROME2',
      samplesPerPixel: 1,
    };
  }
  if (type === 'generalSeriesModule') return { modality: 'CT' };
  if (type !== 'imagePlaneModule') return undefined;
  return {
    imageOrientationPatient: [1, 0, 0, 0, 1, 0],
    imagePositionPatient: numbers(header, '00200032'),
    rowCosines: [1, 0, 0],
    columnCosines: [0, 1, 0],
    rowPixelSpacing: 0.5,
    columnPixelSpacing: 0.5,
    pixelSpacing: [0.5, 0.5],
    rows: firstNumber(header, ROWS),
    columns: firstNumber(header, COLUMNS),
  };
}

export interface Size {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

async function headersOf(url: string): Promise<DicomJson[]> {
  const response = await fetch(`${url}/metadata`, { headers: { Accept: 'application/dicom+json' } });
  const metadata = (await response.json()) as DicomJson[];
  return metadata.sort((a, b) => (firstNumber(a, '00200013') ?? 0) - (firstNumber(b, '00200013') ?? 0));
}

/** Milliseconds for headers, the middle image and its picture without any library: no viewer can be faster. */
async function fetchAndDraw(url: string, { width, height }: Size): Promise<number> {
  const startMs = performance.now();
  const metadata = await headersOf(url);
  const header = metadata[Math.floor(metadata.length / 2)] ?? {};
  const response = await fetch(`${url}/instances/${firstText(header, '00080018')}/frames/1`, {
    headers: { Accept: 'application/octet-stream' },
  });
  const pixels = new Int16Array(await response.arrayBuffer());
  const picture = new ImageData(firstNumber(header, COLUMNS) ?? 1, firstNumber(header, ROWS) ?? 1);
  const greys = new Uint32Array(picture.data.buffer);
  for (let at = 0; at < pixels.length; at++) {
    const level = Math.min(255, Math.max(0, (((pixels[at] ?? 0) + 160) * 255) / 400));
    greys[at] = 0xff000000 | (level << 16) | (level << 8) | level;
  }
  const small = new OffscreenCanvas(picture.width, picture.height);
  small.getContext('2d')?.putImageData(picture, 0, 0);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  document.body.append(canvas);
  canvas.getContext('2d')?.drawImage(small, 0, 0, height, height);
  return performance.now() - startMs;
}

/** Milliseconds from asking for the series to the first picture, and to the last image in memory. */
async function open(url: string, isCpu: boolean, { width, height }: Size) {
  init();
  setUseCPURendering(isCpu);
  imageLoader.registerImageLoader('bare', (imageId) => ({ promise: load(imageId) }));
  metaData.addProvider((type: string, imageId: string) => moduleOf(type, imageId), 10_000);
  const element = document.createElement('div');
  element.style.cssText = `position: fixed; inset: 0 auto auto 0; width: ${width}px; height: ${height}px`;
  document.body.append(element);
  const engine = new RenderingEngine('bare');
  engine.enableElement({ viewportId: 'bare', type: Enums.ViewportType.STACK, element });
  const viewport = engine.getViewport<Types.IStackViewport>('bare');
  const startMs = performance.now();
  seriesUrl = url;
  for (const header of await headersOf(url)) headers.set(`bare:${firstText(header, '00080018')}`, header);
  const imageIds = [...headers.keys()];
  const painted = new Promise<void>((resolve) => {
    element.addEventListener(Enums.Events.IMAGE_RENDERED, () => resolve(), { once: true });
  });
  await viewport.setStack(imageIds, Math.floor(imageIds.length / 2));
  viewport.render();
  await painted;
  const firstMs = performance.now() - startMs;
  await Promise.all(imageIds.map((imageId) => imageLoader.loadAndCacheImage(imageId)));
  const allMs = performance.now() - startMs;
  globalThis.bareViewport = viewport;
  return { firstMs, allMs, count: imageIds.length };
}

/** Milliseconds from asking for an image to its picture, one after the other. */
async function scroll(steps: number): Promise<number[]> {
  const viewport = globalThis.bareViewport;
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    const startMs = performance.now();
    const painted = new Promise<void>((resolve) => {
      viewport.element.addEventListener(Enums.Events.IMAGE_RENDERED, () => resolve(), { once: true });
    });
    await viewport.setImageIdIndex(step % viewport.getImageIds().length);
    await painted;
    times.push(performance.now() - startMs);
  }
  return times;
}

declare global {
  var bareViewport: Types.IStackViewport;
  var barePage: { open: typeof open; scroll: typeof scroll; fetchAndDraw: typeof fetchAndDraw };
}

globalThis.barePage = { open, scroll, fetchAndDraw };
