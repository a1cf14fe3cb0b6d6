import { firstNumber, firstText, numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { groupItem } from './functional-groups.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';
import type { LookupTable } from './lookup-table.ts';

/** How modality values become grey levels, PS3.3 section C.11.2. */
export type VoiTransform = VoiWindow | { readonly kind: 'table'; readonly table: LookupTable };

export interface VoiWindow {
  readonly kind: 'linear' | 'linear-exact' | 'sigmoid';
  readonly center: number;
  readonly width: number;
  /** Window Center & Width Explanation, such as BRAIN; empty if there is none. */
  readonly explanation: string;
}

/** VOI LUT Function (0028,1056), as the header and the DICOMweb `window` parameter write it. */
export function voiFunction(text: string | undefined): VoiWindow['kind'] {
  const written = (text ?? 'LINEAR').trim().toUpperCase().replace('-', '_');
  if (written === 'SIGMOID') return 'sigmoid';
  return written === 'LINEAR_EXACT' ? 'linear-exact' : 'linear';
}

/** A width this function has no meaning for is no window: LINEAR needs 1, the others more than 0. */
export function isUsableWindow({ kind, center, width }: Omit<VoiWindow, 'explanation'>): boolean {
  return Number.isFinite(center) && Number.isFinite(width) && (kind === 'linear' ? width >= 1 : width > 0);
}

/**
 * Everything the header offers for a frame (from 1), tables first; functional groups are followed. Empty if
 * there is nothing usable. Tables take modality values: signed ones if those can be negative.
 */
export function readVoiTransforms(json: DicomJson, frameNumber = 1): VoiTransform[] {
  const holder = groupItem(json, frameNumber, '00289132') ?? json;
  const isSigned = firstNumber(json, '00280103') === 1;
  const tables = (json['00283010']?.Value ?? []).flatMap((item) => {
    const table = readLookupTable(item as DicomJson, isSigned);
    return table ? [{ kind: 'table' as const, table }] : [];
  });
  const kind = voiFunction(firstText(holder, '00281056'));
  const widths = numbers(holder, '00281051') ?? [];
  const explanations = holder['00281055']?.Value ?? [];
  const windows = (numbers(holder, '00281050') ?? []).flatMap((center, index) => {
    const width = widths[index];
    const explanation = explanations[index];
    if (width === undefined || !isUsableWindow({ kind, center, width })) return [];
    return [{ kind, center, width, explanation: typeof explanation === 'string' ? explanation : '' }];
  });
  return [...tables, ...windows];
}

/** The window that shows everything between two values. */
export function fullRange(minimum: number, maximum: number): VoiWindow {
  const width = Math.max(maximum - minimum, 1e-6);
  return { kind: 'linear-exact', center: (minimum + maximum) / 2, width, explanation: '' };
}

/** Grey level from 0 to 1 of one modality value. */
export function greyLevel(transform: VoiTransform, value: number): number {
  if (transform.kind === 'table') {
    const { table } = transform;
    return lookUp(table, value) / (2 ** table.bitsPerEntry - 1);
  }
  const { center, width } = transform;
  switch (transform.kind) {
    case 'linear':
      // Section C.11.2.1.2.1; a width of 1 is a threshold.
      if (value <= center - 0.5 - (width - 1) / 2) return 0;
      if (value > center - 0.5 + (width - 1) / 2) return 1;
      return (value - (center - 0.5)) / (width - 1) + 0.5;
    case 'linear-exact':
      if (value <= center - width / 2) return 0;
      if (value > center + width / 2) return 1;
      return (value - center) / width + 0.5;
    default:
      return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}

/** 8-bit grey of every value; `isInverted` for MONOCHROME1, whose lowest values are the brightest. */
export function toGreyLevels(
  pixels: ArrayLike<number>,
  transform: VoiTransform,
  isInverted: boolean,
): Uint8Array {
  const levels = new Uint8Array(pixels.length);
  const levelOf = (value: number) => {
    const level = Math.round(greyLevel(transform, value) * 255);
    return isInverted ? 255 - level : level;
  };
  // Values repeat: 16-bit images are looked up instead of computed.
  const known =
    pixels instanceof Float32Array || pixels instanceof Int32Array ? undefined : new Map<number, number>();
  for (let index = 0; index < levels.length; index++) {
    const value = pixels[index] ?? 0;
    let level = known?.get(value);
    if (level === undefined) {
      level = levelOf(value);
      known?.set(value, level);
    }
    levels[index] = level;
  }
  return levels;
}
