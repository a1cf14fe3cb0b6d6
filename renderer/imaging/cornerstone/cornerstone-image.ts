import { Enums, utilities } from '@cornerstonejs/core';
import type { Types } from '@cornerstonejs/core';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import type { StackImage } from '../image-stack.ts';
import { drawCornerstoneImage } from '../view/drawing.ts';

/**
 * A loaded frame in the form Cornerstone3D's stack viewport and tools work with. Pixels stay where they
 * are; only how they are drawn is ours.
 */
export function cornerstoneImage(image: StackImage, frame: DecodedFrame): Types.IImage {
  const { rows, columns, spacing } = image.description;
  const numberOfComponents = frame.kind === 'colour' ? 3 : 1;
  return {
    imageId: image.imageId,
    rows,
    columns,
    width: columns,
    height: rows,
    color: frame.kind === 'colour',
    rgba: false,
    numberOfComponents,
    dataType: frame.pixels.constructor.name,
    getPixelData: () => frame.pixels,
    voxelManager: utilities.VoxelManager.createImageVoxelManager({
      width: columns,
      height: rows,
      scalarData: frame.pixels,
      numberOfComponents,
    }),
    render: drawCornerstoneImage,
    sizeInBytes: frame.pixels.byteLength,
    minPixelValue: frame.kind === 'grey' ? frame.minimum : 0,
    maxPixelValue: frame.kind === 'grey' ? frame.maximum : 255,
    slope: 1,
    intercept: 0,
    windowCenter: 128,
    windowWidth: 256,
    voiLUTFunction: Enums.VOILUTFunctionType.LINEAR,
    invert: false,
    rowPixelSpacing: spacing.kind === 'mm' ? spacing.rowMm : spacing.heightToWidth,
    columnPixelSpacing: spacing.kind === 'mm' ? spacing.columnMm : 1,
    imageFrame: { photometricInterpretation: frame.kind === 'colour' ? 'RGB' : 'MONOCHROME2' },
    preScale: { enabled: true, scaled: true, scalingParameters: { rescaleSlope: 1, rescaleIntercept: 0 } },
  } as unknown as Types.IImage;
}
