import { firstNumber, firstText, numbers } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import type { LookupTable } from '../pixel-description.ts';
import { items } from './frame-attributes.ts';
import { decodeInlineBinary } from './inline-binary.ts';

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
  const [count = 0, first = 0, bits = 0] = numbers(item, '00283002') ?? [];
  const length = count === 0 ? 65_536 : count;
  const entries = lutData(item, length);
  if (!entries || entries.length < length || bits < 1 || bits > 16) return undefined;
  const table = entries.slice(0, length);
  const maximum = table.reduce((highest, entry) => Math.max(highest, entry), 0);
  return {
    firstValue: signedFirstValue(first, item, frame),
    // Some equipment writes more bits than it declares; clipping them would turn white into black.
    bitsPerEntry: Math.max(bits, Math.ceil(Math.log2(maximum + 1))),
    entries: table,
    explanation: firstText(item, '00283003') ?? '',
  };
}

/** The descriptor's VR follows the sign of what goes in, and writers get it wrong (PS3.3 section C.11.2.1.1). */
function signedFirstValue(first: number, item: DicomJson, frame: DicomJson): number {
  if (item['00283002']?.vr === 'SS' || first < 32_768) return first;
  const goesBelowZero = firstNumber(frame, '00280103') === 1 || (firstNumber(frame, '00281052') ?? 0) < 0;
  return goesBelowZero ? first - 65_536 : first;
}

function lutData(item: DicomJson, length: number): Uint16Array | undefined {
  const values = numbers(item, '00283006');
  if (values) return Uint16Array.from(values);
  const text = item['00283006']?.InlineBinary;
  if (text === undefined) return undefined;
  const bytes = decodeInlineBinary(text);
  // Eight bits per entry may be packed two to a word or stand alone.
  if (bytes.length < length * 2) return Uint16Array.from(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // DICOM JSON is little endian whatever the file was (PS3.18 section F.2.7).
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, index) => view.getUint16(index * 2, true));
}
