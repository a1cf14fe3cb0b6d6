import { firstNumber, firstText, numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import type { LookupTable } from '../pixel-description.ts';
import { items } from './frame-attributes.ts';
import { readLookupTable } from '../pixels/lookup-table.ts';

/** PS3.3 section C.11.2.1.3. */
export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** In modality units: WW and WL as the doctor knows them. */
export interface GreyWindow {
  readonly width: number;
  readonly centre: number;
}

export interface NamedWindow extends GreyWindow {
  /** Window Center & Width Explanation, empty if the file gives none. */
  readonly explanation: string;
}

export interface VoiDescription {
  readonly windows: readonly NamedWindow[];
  readonly luts: readonly LookupTable[];
  readonly function: VoiFunction;
}

/** Window Width must be at least 1 for LINEAR and above 0 otherwise; some scanners write 0 for "none". */
export function voiDescription(frame: DicomJson): VoiDescription {
  const voiFunction = voiFunctionOf(frame);
  const centres = numbers(frame, '00281050') ?? [];
  const widths = numbers(frame, '00281051') ?? [];
  const explanations = frame['00281055']?.Value ?? [];
  const minimum = voiFunction === 'LINEAR' ? 1 : Number.MIN_VALUE;
  const windows = centres.flatMap((centre, index) => {
    const width = widths[index] ?? 0;
    const explanation = explanations[index];
    return width >= minimum
      ? [{ centre, width, explanation: typeof explanation === 'string' ? explanation : '' }]
      : [];
  });
  const luts = items(frame, '00283010').flatMap((item) => lookupTable(item, frame) ?? []);
  return { windows, luts, function: voiFunction };
}

function voiFunctionOf(frame: DicomJson): VoiFunction {
  const name = firstText(frame, '00281056');
  return name === 'SIGMOID' || name === 'LINEAR_EXACT' ? name : 'LINEAR';
}

/** An item of a VOI LUT Sequence; undefined if its data are missing or too short. PS3.3 section C.11.2.1.1. */
function lookupTable(item: DicomJson, frame: DicomJson): LookupTable | undefined {
  // Its input are modality values: below zero if the pixels are signed, or made so by the intercept.
  const goesBelowZero = firstNumber(frame, '00280103') === 1 || (firstNumber(frame, '00281052') ?? 0) < 0;
  const table = readLookupTable(item, goesBelowZero && item['00283002']?.vr !== 'SS');
  const [count = 0] = numbers(item, '00283002') ?? [];
  if (!table || table.entries.length < (count === 0 ? 65_536 : count) || table.bitsPerEntry < 1)
    return undefined;
  let maximum = 0;
  for (const entry of table.entries) maximum = Math.max(maximum, entry);
  // Some equipment writes more bits than it declares; clipping them would turn white into black.
  return { ...table, bitsPerEntry: Math.max(table.bitsPerEntry, Math.ceil(Math.log2(maximum + 1))) };
}
