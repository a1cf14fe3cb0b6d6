import { firstText, numbers } from '../attributes.ts';
import type { DicomJson, DicomJsonAttribute } from '../dicom-json.ts';
import { decodeInlineBinary } from '../image/inline-binary.ts';

/** A lookup table of DICOM PS3.3 section C.11.1.1 or C.7.6.3.1.5: descriptor and entries. */
export interface LookupTable {
  /** Value that the first entry stands for; smaller ones map to it too, larger ones than the last to the last. */
  readonly firstValue: number;
  readonly bitsPerEntry: number;
  readonly entries: Uint8Array | Uint16Array;
  readonly explanation: string;
}

const MAXIMUM_ENTRIES = 65_536;

/** One item of a Modality or VOI LUT Sequence. Undefined if it holds no usable table. */
export function readLookupTable(item: DicomJson, isInputSigned: boolean): LookupTable | undefined {
  const descriptor = readDescriptor(item, '00283002', isInputSigned);
  if (!descriptor) return undefined;
  const words = tableWords(item['00283006'], descriptor.entryCount);
  if (!words || words.length === 0) return undefined;
  return {
    firstValue: descriptor.firstValue,
    bitsPerEntry: descriptor.bitsPerEntry,
    entries: words.length > descriptor.entryCount ? words.subarray(0, descriptor.entryCount) : words,
    explanation: firstText(item, '00283003') ?? '',
  };
}

export interface LookupTableDescriptor {
  readonly entryCount: number;
  readonly firstValue: number;
  readonly bitsPerEntry: number;
}

/** Three values; the count 0 stands for 65,536 and the first value is signed if the pixels are. */
export function readDescriptor(
  json: DicomJson,
  tag: string,
  isInputSigned: boolean,
): LookupTableDescriptor | undefined {
  const [count, first, bitsPerEntry] = numbers(json, tag) ?? [];
  if (count === undefined || first === undefined || bitsPerEntry === undefined) return undefined;
  const unsignedCount = count < 0 ? count + MAXIMUM_ENTRIES : count;
  return {
    entryCount: unsignedCount === 0 ? MAXIMUM_ENTRIES : unsignedCount,
    firstValue: isInputSigned && first > 0x7fff ? first - 0x10000 : first,
    bitsPerEntry,
  };
}

/**
 * LUT Data as numbers: a list (VR US), or bytes (OW) that hold one entry per 16-bit word or, as many
 * writers do for 8-bit entries, one per byte.
 */
export function tableWords(
  attribute: DicomJsonAttribute | undefined,
  entryCount: number,
): Uint8Array | Uint16Array | undefined {
  if (attribute?.Value) {
    const values = attribute.Value.map((value) => (typeof value === 'number' ? value & 0xffff : 0));
    return Uint16Array.from(values);
  }
  if (attribute?.InlineBinary === undefined) return undefined;
  const bytes = decodeInlineBinary(attribute.InlineBinary);
  // One byte of padding may follow an odd number of 8-bit entries.
  if (bytes.length <= entryCount + 1) return bytes.subarray(0, entryCount);
  return wordsOf(bytes);
}

/** 16-bit words, little endian as in every DICOM JSON (PS3.18 section F.2.7). */
export function wordsOf(bytes: Uint8Array): Uint16Array {
  const words = new Uint16Array(bytes.length >> 1);
  for (let index = 0; index < words.length; index++) {
    words[index] = (bytes[index * 2] ?? 0) | ((bytes[index * 2 + 1] ?? 0) << 8);
  }
  return words;
}
