import type { ImageDescription } from '#shared/dicom/image-description.ts';
import type { UltrasoundRegion } from '#shared/dicom/image/spacing.ts';
import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import type { MeasuredImage, PixelScale } from './measure.ts';
import type { Point } from './plane.ts';

const CENTIMETRES = 3;
/** Nothing but a microscope has smaller pixels; what it shows is told in µm. */
const SMALLEST_SPACING_OF_RADIOLOGY_MM = 0.01;

/** What is needed to measure on one image; statistics only where its pixels are there. */
export function measuredImage(description: ImageDescription, frame: DecodedFrame | undefined): MeasuredImage {
  const { rows, columns, padding, suv, unit } = description;
  const size = { rows, columns };
  return {
    ...size,
    // The pixels of such an image are in SUV already (series/frame-source.ts).
    valueUnit: suv?.kind === 'factor' ? 'SUV' : unit,
    scaleAt: (points) => pixelScale(description, points),
    ...(frame?.kind === 'grey' && {
      pixels: {
        ...size,
        values: frame.pixels,
        ...(padding && {
          isPadding: (value: number) => value >= padding.from && value <= padding.to,
        }),
      },
    }),
    ...(frame?.kind === 'colour' && {
      colourAt: (column: number, row: number) => {
        const at = (row * columns + column) * 3;
        return [frame.pixels[at] ?? 0, frame.pixels[at + 1] ?? 0, frame.pixels[at + 2] ?? 0] as const;
      },
    }),
  };
}

/** The scale that holds for all points: of their common ultrasound region, else of the image. */
export function pixelScale(description: ImageDescription, points: readonly Point[]): PixelScale {
  const { spacing, ultrasoundRegions } = description;
  if (ultrasoundRegions.length > 0 && !(spacing.kind === 'mm' && spacing.source === 'pixel-spacing')) {
    return regionScale(ultrasoundRegions, points) ?? inPixels(1);
  }
  if (spacing.kind === 'uncalibrated') return inPixels(spacing.heightToWidth);
  const { columnMm, rowMm } = spacing;
  if (Math.max(columnMm, rowMm) < SMALLEST_SPACING_OF_RADIOLOGY_MM) {
    return { columnSpacing: columnMm * 1000, rowSpacing: rowMm * 1000, unit: 'um' };
  }
  return { columnSpacing: columnMm, rowSpacing: rowMm, unit: 'mm' };
}

const inPixels = (heightToWidth: number): PixelScale => ({
  columnSpacing: 1,
  rowSpacing: heightToWidth,
  unit: 'px',
});

/** Lengths only mean something where both axes are lengths: not on a Doppler curve or in M-mode. */
function regionScale(regions: readonly UltrasoundRegion[], points: readonly Point[]): PixelScale | undefined {
  const holdsAll = (region: UltrasoundRegion) =>
    points.every(
      ([column, row]) =>
        column >= region.left - 0.5 &&
        column <= region.right + 0.5 &&
        row >= region.top - 0.5 &&
        row <= region.bottom + 0.5,
    );
  const found = regions.filter(holdsAll);
  // Regions may overlap (a curve drawn into the tissue): the smallest one is what is meant.
  const area = (region: UltrasoundRegion) => (region.right - region.left) * (region.bottom - region.top);
  const [region] = found.toSorted((a, b) => area(a) - area(b));
  if (!region || region.unitsX !== CENTIMETRES || region.unitsY !== CENTIMETRES) return undefined;
  if (region.deltaX === 0 || region.deltaY === 0) return undefined;
  return {
    columnSpacing: Math.abs(region.deltaX) * 10,
    rowSpacing: Math.abs(region.deltaY) * 10,
    unit: 'mm',
  };
}
