import type { ByteSource } from './byte-source.ts';
import { Refusal } from '../domain/refusal.ts';
import {
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  transferSyntaxForReading,
} from './transfer-syntax.ts';
import type { TransferSyntax } from './transfer-syntax.ts';

export interface FileStart {
  readonly transferSyntax: TransferSyntax;
  /** Where the data set begins: after preamble and File Meta Information, or 0 without them. */
  readonly dataSetOffset: number;
}

const PREAMBLE_LENGTH = 128;
/** A File Meta Information group longer than this is an attack, not a header (PS3.10 table 7.1-1). */
const FILE_META_MAX_LENGTH = 64 * 1024;

/**
 * Finds transfer syntax and data set of a file. DICOM PS3.10 asks for preamble and File Meta
 * Information; files written before 1993 and many exports lack one or both, and are still read
 * if their first element looks like one.
 *
 * @throws Refusal `not-dicom`, `empty-file`, `truncated`
 */
export function readFileStart(source: ByteSource): FileStart {
  if (source.byteLength === 0) throw new Refusal('empty-file', 'no bytes');
  if (source.byteLength >= PREAMBLE_LENGTH + 4) {
    const magic = source.read(PREAMBLE_LENGTH, 4);
    if (String.fromCharCode(...magic) === 'DICM') return readFileMeta(source, PREAMBLE_LENGTH + 4);
  }
  if (source.byteLength < 8) throw new Refusal('not-dicom', 'shorter than one element');
  const first = source.read(0, 8);
  if (first[0] === 0x02 && first[1] === 0x00) return readFileMeta(source, 0);
  return { transferSyntax: guessTransferSyntax(source, 0), dataSetOffset: 0 };
}

function readFileMeta(source: ByteSource, start: number): FileStart {
  let position = start;
  let transferSyntaxUid: string | undefined;
  while (position + 8 <= source.byteLength && position - start < FILE_META_MAX_LENGTH) {
    const header = source.read(position, 8);
    const group = uint16(header, 0);
    if (group !== 0x0002) break;
    const element = uint16(header, 2);
    const vr = String.fromCharCode(header[4] ?? 0, header[5] ?? 0);
    const isExplicit = /^[A-Z]{2}$/.test(vr);
    const isLong = vr === 'OB' || vr === 'UN';
    let valueOffset = position + 8;
    let length = isExplicit ? uint16(header, 6) : uint16(header, 4) + uint16(header, 6) * 0x10000;
    if (isExplicit && isLong) {
      const long = source.read(position, 12);
      length = uint16(long, 8) + uint16(long, 10) * 0x10000;
      valueOffset = position + 12;
    }
    if (length > FILE_META_MAX_LENGTH || valueOffset + length > source.byteLength) {
      throw new Refusal('truncated', `file meta element (0002,${element.toString(16).padStart(4, '0')})`);
    }
    if (element === 0x0010) {
      const text = String.fromCharCode(...source.read(valueOffset, length));
      transferSyntaxUid = text.replaceAll('\0', '').trim();
    }
    position = valueOffset + length;
  }
  const transferSyntax = transferSyntaxUid
    ? transferSyntaxForReading(transferSyntaxUid)
    : guessTransferSyntax(source, position);
  return { transferSyntax, dataSetOffset: position };
}

/** By the look of the first element: its group is small in one byte order, its VR two capitals. */
function guessTransferSyntax(source: ByteSource, position: number): TransferSyntax {
  if (position + 8 > source.byteLength) throw new Refusal('truncated', 'no data set after the file meta');
  const header = source.read(position, 8);
  const vr = String.fromCharCode(header[4] ?? 0, header[5] ?? 0);
  const isExplicit = /^(AE|AS|AT|CS|DA|DS|DT|IS|LO|LT|PN|SH|ST|TM|UI|UL|US|OB|SQ|UN|UT|OW)$/.test(vr);
  const group = uint16(header, 0);
  if (group >= 0x0004 && group <= 0x0028) {
    if (isExplicit) return transferSyntaxForReading(EXPLICIT_LITTLE_ENDIAN);
    const length = uint16(header, 4) + uint16(header, 6) * 0x10000;
    const fits = position + 8 + length <= source.byteLength && length % 2 === 0 && length < 0x10000;
    if (fits) return transferSyntaxForReading(IMPLICIT_LITTLE_ENDIAN);
  }
  const swapped = ((group & 0xff) << 8) | (group >> 8);
  if (isExplicit && swapped >= 0x0004 && swapped <= 0x0028)
    return transferSyntaxForReading(EXPLICIT_BIG_ENDIAN);
  throw new Refusal('not-dicom', 'neither a DICOM prefix nor a first element');
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}
