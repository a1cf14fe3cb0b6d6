import type { ByteSource } from './byte-source.ts';
import { uint16, uint32 } from './element-header.ts';
import { limits } from './limits.ts';
import { isUid } from '../domain/identifiers.ts';
import { Refusal } from '../domain/refusal.ts';
import {
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  transferSyntaxForReading,
} from './transfer-syntax.ts';
import type { TransferSyntax } from './transfer-syntax.ts';
import { hasLongLength, isKnownVr } from './value-representation.ts';

export interface FileStart {
  readonly transferSyntax: TransferSyntax;
  /** Where the data set begins: after preamble and File Meta Information, or 0 without them. */
  readonly dataSetOffset: number;
  /** Media Storage SOP Class UID (0002,0002), empty if absent. */
  readonly mediaStorageSopClassUid: string;
}

/** The index of a CD, PS3.10 section 8.6: no instance. */
export const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

const PREAMBLE_LENGTH = 128;

/**
 * Finds transfer syntax and data set of a file. DICOM PS3.10 asks for preamble and File Meta
 * Information; files written before 1993 and many exports lack one or both, and are still read
 * if their first element looks like one.
 *
 * @throws Refusal `not-dicom`, `empty-file`, `truncated`, `header-too-large`, `invalid-uid`
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
  return { transferSyntax: guessTransferSyntax(source, 0), dataSetOffset: 0, mediaStorageSopClassUid: '' };
}

/** Always explicit VR little endian; the group length is not trusted, the group numbers are. */
function readFileMeta(source: ByteSource, start: number): FileStart {
  const uids = new Map<number, string>();
  let position = start;
  while (position + 8 <= source.byteLength) {
    const header = source.read(position, 8);
    if (uint16(header, 0, true) !== 0x0002) break;
    const element = uint16(header, 2, true);
    const vr = String.fromCharCode(header[4] ?? 0, header[5] ?? 0);
    let valueOffset = position + 8;
    let length = /^[A-Z]{2}$/.test(vr) ? uint16(header, 6, true) : uint32(header, 4, true);
    if (hasLongLength(vr)) {
      if (position + 12 > source.byteLength) throw new Refusal('truncated', 'file meta');
      length = uint32(source.read(position + 8, 4), 0, true);
      valueOffset = position + 12;
    }
    const end = valueOffset + length;
    if (end <= source.byteLength && end - start > limits.fileMetaBytes) {
      throw new Refusal('header-too-large', `more than ${limits.fileMetaBytes} bytes of file meta`);
    }
    if (end > source.byteLength) {
      throw new Refusal('truncated', `file meta element (0002,${element.toString(16).padStart(4, '0')})`);
    }
    if (vr === 'UI') uids.set(element, uidText(source.read(valueOffset, length)));
    position = end;
  }
  const transferSyntaxUid = uids.get(0x0010);
  // It becomes part of HTTP headers: what is no UID could end them.
  if (transferSyntaxUid && !isUid(transferSyntaxUid)) {
    throw new Refusal('invalid-uid', 'Transfer Syntax UID is not a UID');
  }
  return {
    transferSyntax: transferSyntaxUid
      ? transferSyntaxForReading(transferSyntaxUid)
      : guessTransferSyntax(source, position),
    dataSetOffset: position,
    mediaStorageSopClassUid: uids.get(0x0002) ?? '',
  };
}

function uidText(bytes: Uint8Array): string {
  return (String.fromCharCode(...bytes.subarray(0, 128)).split('\0')[0] ?? '').trim();
}

/** By the look of the first element: its group is small in one byte order, its VR a known one. */
function guessTransferSyntax(source: ByteSource, position: number): TransferSyntax {
  if (position + 8 > source.byteLength) throw new Refusal('truncated', 'no data set after the file meta');
  const header = source.read(position, 8);
  const isExplicit = isKnownVr(String.fromCharCode(header[4] ?? 0, header[5] ?? 0));
  const isFirstGroup = (littleEndian: boolean) => {
    const group = uint16(header, 0, littleEndian);
    return group >= 0x0004 && group <= 0x0028;
  };
  if (isFirstGroup(true)) {
    if (isExplicit) return transferSyntaxForReading(EXPLICIT_LITTLE_ENDIAN);
    const length = uint32(header, 4, true);
    const fits = position + 8 + length <= source.byteLength && length % 2 === 0 && length < 0x10000;
    if (fits) return transferSyntaxForReading(IMPLICIT_LITTLE_ENDIAN);
  }
  if (isFirstGroup(false) && isExplicit) return transferSyntaxForReading(EXPLICIT_BIG_ENDIAN);
  throw new Refusal('not-dicom', 'neither a DICOM prefix nor a first element');
}
