import { firstNumber, firstText, numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { items } from './frame-attributes.ts';

/** Which attribute a spacing was taken from, and what may be measured with it. */
export type SpacingSource =
  /** Pixel Spacing of a tomographic image: in the patient. */
  | 'pixel-spacing'
  /** Pixel Spacing of a projection, calibrated by geometry or by a fiducial (PS3.3 section 10.7.1.1). */
  | 'calibrated'
  /** Imager Pixel Spacing divided by the Estimated Radiographic Magnification Factor. */
  | 'imager-corrected'
  /** Spacing at the detector: the patient is magnified by an unknown factor. */
  | 'detector'
  /** Nominal Scanned Pixel Spacing: of the scanned film or paper. */
  | 'nominal-scanned'
  /** All ultrasound regions of the image agree. */
  | 'ultrasound-regions';

export type PixelSpacing =
  | {
      readonly kind: 'mm';
      /** Between the centres of neighbouring rows: the vertical distance. */
      readonly rowMm: number;
      /** Between the centres of neighbouring columns: the horizontal distance. */
      readonly columnMm: number;
      readonly source: SpacingSource;
    }
  /** Lengths are in pixels; the height of a pixel divided by its width is still needed to show it. */
  | { readonly kind: 'uncalibrated'; readonly heightToWidth: number };

/** One item of the Sequence of Ultrasound Regions, PS3.3 section C.8.5.5. */
export interface UltrasoundRegion {
  /** Pixels, both ends included. */
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** 1: two-dimensional tissue, 3: spectral, 2: M-mode ... */
  readonly spatialFormat: number;
  readonly dataType: number;
  /** 3: cm, 4: seconds, 7: cm/s ... */
  readonly unitsX: number;
  readonly unitsY: number;
  /** Signed, in those units per pixel. */
  readonly deltaX: number;
  readonly deltaY: number;
}

/** X-ray through the patient onto a detector: a pixel is no length in the patient. */
const PROJECTION_MODALITIES = new Set(['CR', 'DX', 'MG', 'XA', 'RF', 'IO', 'PX', 'RG']);
const CENTIMETRES = 3;

export function pixelSpacing(frame: DicomJson, modality: string): PixelSpacing {
  if (PROJECTION_MODALITIES.has(modality)) return projectionSpacing(frame) ?? uncalibrated(frame);
  const direct = pair(frame, '00280030');
  if (direct) return { kind: 'mm', ...direct, source: 'pixel-spacing' };
  return regionSpacing(ultrasoundRegions(frame)) ?? projectionSpacing(frame) ?? uncalibrated(frame);
}

function projectionSpacing(frame: DicomJson): PixelSpacing | undefined {
  const direct = pair(frame, '00280030');
  const imager = pair(frame, '00181164');
  const calibration = firstText(frame, '00280A02');
  const differs =
    direct && imager && (!isClose(direct.rowMm, imager.rowMm) || !isClose(direct.columnMm, imager.columnMm));
  if (direct && (calibration !== undefined || differs))
    return { kind: 'mm', ...direct, source: 'calibrated' };
  const magnification = firstNumber(frame, '00181114');
  const atDetector = imager ?? direct;
  // A factor of exactly 1 is what equipment writes that does not know it.
  if (imager && atDetector && magnification !== undefined && magnification > 0 && magnification !== 1) {
    const { rowMm, columnMm } = atDetector;
    return {
      kind: 'mm',
      rowMm: rowMm / magnification,
      columnMm: columnMm / magnification,
      source: 'imager-corrected',
    };
  }
  if (atDetector) return { kind: 'mm', ...atDetector, source: 'detector' };
  const scanned = pair(frame, '00182010');
  return scanned && { kind: 'mm', ...scanned, source: 'nominal-scanned' };
}

function regionSpacing(regions: readonly UltrasoundRegion[]): PixelSpacing | undefined {
  const tissue = regions.filter((region) => region.unitsX === CENTIMETRES && region.unitsY === CENTIMETRES);
  const [first] = tissue;
  // A region with other units beside it (Doppler, M-mode) would be measured in the wrong ones.
  if (!first || tissue.length !== regions.length) return undefined;
  const agree = tissue.every(
    (region) =>
      isClose(Math.abs(region.deltaX), Math.abs(first.deltaX)) &&
      isClose(Math.abs(region.deltaY), Math.abs(first.deltaY)),
  );
  if (!agree || first.deltaX === 0 || first.deltaY === 0) return undefined;
  return {
    kind: 'mm',
    rowMm: Math.abs(first.deltaY) * 10,
    columnMm: Math.abs(first.deltaX) * 10,
    source: 'ultrasound-regions',
  };
}

export function ultrasoundRegions(frame: DicomJson): UltrasoundRegion[] {
  return items(frame, '00186011').map((region) => {
    const value = (tag: string) => firstNumber(region, tag) ?? 0;
    return {
      left: value('00186018'),
      top: value('0018601A'),
      right: value('0018601C'),
      bottom: value('0018601E'),
      spatialFormat: value('00186012'),
      dataType: value('00186014'),
      unitsX: value('00186024'),
      unitsY: value('00186026'),
      deltaX: value('0018602C'),
      deltaY: value('0018602E'),
    };
  });
}

function uncalibrated(frame: DicomJson): PixelSpacing {
  // Pixel Aspect Ratio is vertical\horizontal: the height of a pixel to its width (PS3.3 section C.7.6.3.1.7).
  const [vertical, horizontal] = numbers(frame, '00280034') ?? [];
  const isUsable = vertical !== undefined && horizontal !== undefined && vertical > 0 && horizontal > 0;
  return { kind: 'uncalibrated', heightToWidth: isUsable ? vertical / horizontal : 1 };
}

function pair(frame: DicomJson, tag: string): { rowMm: number; columnMm: number } | undefined {
  const [rowMm, columnMm] = numbers(frame, tag) ?? [];
  if (rowMm === undefined || columnMm === undefined || rowMm <= 0 || columnMm <= 0) return undefined;
  return { rowMm, columnMm };
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-4 * Math.max(Math.abs(a), Math.abs(b));
}
