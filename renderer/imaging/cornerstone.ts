import {
  Enums,
  RenderingEngine,
  getRenderingEngine,
  imageLoader,
  init,
  metaData,
  utilities,
} from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import { firstNumber, firstText, numbers } from '#shared/dicom/attributes.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { seriesImage } from './series-images.ts';
import type { SeriesImage } from './series-images.ts';

const ENGINE_ID = 'enkaku';
let isStarted = false;

/** Starts Cornerstone3D once: our own image loader and metadata provider, no others. */
export function startCornerstone(): void {
  if (isStarted) return;
  isStarted = true;
  init();
  imageLoader.registerImageLoader('frame', (imageId) => ({ promise: loadFrame(imageId) }));
  metaData.addProvider((type: string, imageId: string) => {
    const image = typeof imageId === 'string' ? seriesImage(imageId) : undefined;
    return image && moduleOf(type, image);
  }, 10_000);
}

async function loadFrame(imageId: string): Promise<Types.IImage> {
  const image = seriesImage(imageId);
  if (!image) throw new Error(`unknown image ${imageId}`);
  const response = await fetch(image.url);
  if (!response.ok) throw new Error(`frame: ${response.status}`);
  const { metadata } = image;
  const stored = new Int16Array(await response.arrayBuffer());
  const slope = firstNumber(metadata, '00281053') ?? 1;
  const intercept = firstNumber(metadata, '00281052') ?? 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  const pixels = stored.map((value) => {
    const modalityValue = value * slope + intercept;
    if (modalityValue < minimum) minimum = modalityValue;
    if (modalityValue > maximum) maximum = modalityValue;
    return modalityValue;
  });
  const rows = firstNumber(metadata, '00280010') ?? 0;
  const columns = firstNumber(metadata, '00280011') ?? 0;
  const [rowPixelSpacing = 1, columnPixelSpacing = 1] = numbers(metadata, '00280030') ?? [];
  return {
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
    minPixelValue: minimum,
    maxPixelValue: maximum,
    slope: 1,
    intercept: 0,
    ...windowOf(metadata, minimum, maximum),
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    invert: firstText(metadata, '00280004') === 'MONOCHROME1',
    rowPixelSpacing,
    columnPixelSpacing,
    imageFrame: { photometricInterpretation: firstText(metadata, '00280004') ?? 'MONOCHROME2' },
    preScale: { enabled: true, scaled: true, scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0 } },
  } as unknown as Types.IImage;
}

/** Some scanners write a width of 0, which means nothing (PS3.3 section C.11.2.1.2). */
function windowOf(metadata: DicomJson, minimum: number, maximum: number) {
  const windowCenter = numbers(metadata, '00281050');
  const windowWidth = numbers(metadata, '00281051');
  if (windowCenter && windowWidth?.[0] && windowWidth[0] >= 1) return { windowCenter, windowWidth };
  return { windowCenter: [(minimum + maximum) / 2], windowWidth: [Math.max(1, maximum - minimum)] };
}

function moduleOf(type: string, { metadata }: SeriesImage): unknown {
  const orientation = numbers(metadata, '00200037') ?? [1, 0, 0, 0, 1, 0];
  const pixelSpacing = numbers(metadata, '00280030') ?? [1, 1];
  switch (type) {
    case 'imagePixelModule':
      return {
        bitsAllocated: firstNumber(metadata, '00280100'),
        bitsStored: firstNumber(metadata, '00280101'),
        highBit: firstNumber(metadata, '00280102'),
        pixelRepresentation: firstNumber(metadata, '00280103'),
        photometricInterpretation: firstText(metadata, '00280004'),
        samplesPerPixel: firstNumber(metadata, '00280002') ?? 1,
        rows: firstNumber(metadata, '00280010'),
        columns: firstNumber(metadata, '00280011'),
      };
    case 'imagePlaneModule':
      return {
        imageOrientationPatient: orientation,
        imagePositionPatient: numbers(metadata, '00200032') ?? [0, 0, 0],
        rowCosines: orientation.slice(0, 3),
        columnCosines: orientation.slice(3),
        pixelSpacing,
        rowPixelSpacing: pixelSpacing[0],
        columnPixelSpacing: pixelSpacing[1],
        sliceThickness: firstNumber(metadata, '00180050'),
        frameOfReferenceUID: firstText(metadata, '00200052'),
        rows: firstNumber(metadata, '00280010'),
        columns: firstNumber(metadata, '00280011'),
      };
    case 'generalSeriesModule':
      return {
        modality: firstText(metadata, '00080060'),
        seriesInstanceUID: firstText(metadata, '0020000E'),
        studyInstanceUID: firstText(metadata, '0020000D'),
      };
    case 'voiLutModule':
      return {
        windowCenter: undefined,
        windowWidth: undefined,
      };
    case 'modalityLutModule':
      return { rescaleSlope: 1, rescaleIntercept: 0 };
    default:
      return undefined;
  }
}

/** One stack of images in one element; `dispose` takes it off the screen. */
export interface StackView {
  show(imageIds: readonly string[], index: number): Promise<void>;
  scroll(delta: number): void;
  dispose(): void;
}

export function createStackView(element: HTMLDivElement, viewportId: string): StackView {
  startCornerstone();
  const engine = getRenderingEngine(ENGINE_ID) ?? new RenderingEngine(ENGINE_ID);
  engine.enableElement({ viewportId, type: Enums.ViewportType.STACK, element });
  const viewport = engine.getViewport<Types.IStackViewport>(viewportId);
  return {
    show: async (imageIds, index) => {
      await viewport.setStack([...imageIds], index);
      viewport.render();
    },
    scroll: (delta) => viewport.scroll(delta),
    dispose: () => engine.disableElement(viewportId),
  };
}
