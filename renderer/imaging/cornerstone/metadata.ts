import { normalOf } from '#shared/dicom/geometry/plane.ts';
import type { ImageDescription } from '#shared/dicom/image-description.ts';
import { findImage } from '../image-stack.ts';

/** What Cornerstone3D and its tools ask about an image, in its own words; undefined for anything else. */
export function metadataModule(type: string, imageId: string): unknown {
  const image = typeof imageId === 'string' ? findImage(imageId) : undefined;
  return image && modules[type]?.(image.description);
}

const modules: Readonly<Record<string, (description: ImageDescription) => unknown>> = {
  imagePixelModule: (image) => ({
    rows: image.rows,
    columns: image.columns,
    samplesPerPixel: image.isColour ? 3 : 1,
    // Inversion, windows and palettes are ours (view/draw-image.ts): the library must not add its own.
    photometricInterpretation: image.isColour ? 'RGB' : 'MONOCHROME2',
    bitsAllocated: image.isColour ? 8 : 16,
    bitsStored: image.isColour ? 8 : 16,
    highBit: image.isColour ? 7 : 15,
    pixelRepresentation: image.isColour ? 0 : 1,
  }),
  imagePlaneModule,
  generalSeriesModule: (image) => ({
    modality: image.modality,
    seriesInstanceUID: image.seriesUid,
    studyInstanceUID: image.studyUid,
    seriesNumber: image.seriesNumber,
    seriesDescription: image.seriesDescription,
  }),
  generalImageModule: (image) => ({
    sopInstanceUID: image.sopUid,
    instanceNumber: image.instanceNumber,
    frameNumber: image.frameNumber,
  }),
  sopCommonModule: (image) => ({ sopClassUID: image.sopClassUid, sopInstanceUID: image.sopUid }),
  voiLutModule: () => ({}),
  modalityLutModule: (image) => ({ rescaleSlope: 1, rescaleIntercept: 0, rescaleType: image.unit }),
};

/** Images without a place in the patient get one of their own, so that tools can still work on their pixels. */
function imagePlaneModule(image: ImageDescription) {
  const { spacing, plane } = image;
  const rowPixelSpacing = spacing.kind === 'mm' ? spacing.rowMm : spacing.heightToWidth;
  const columnPixelSpacing = spacing.kind === 'mm' ? spacing.columnMm : 1;
  const rowCosines = plane?.rowDirection ?? [1, 0, 0];
  const columnCosines = plane?.columnDirection ?? [0, 1, 0];
  return {
    rows: image.rows,
    columns: image.columns,
    imagePositionPatient: plane?.positionMm ?? [0, 0, 0],
    imageOrientationPatient: [...rowCosines, ...columnCosines],
    rowCosines,
    columnCosines,
    scanAxisNormal: plane && normalOf(plane),
    pixelSpacing: [rowPixelSpacing, columnPixelSpacing],
    rowPixelSpacing,
    columnPixelSpacing,
    sliceThickness: image.sliceThicknessMm,
    spacingBetweenSlices: image.spacingBetweenSlicesMm,
    frameOfReferenceUID: (plane && image.frameOfReferenceUid) || `image.${image.sopUid}.${image.frameNumber}`,
    usingDefaultValues: spacing.kind !== 'mm',
  };
}
