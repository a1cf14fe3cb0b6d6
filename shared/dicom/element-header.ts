import type { ByteSource } from './byte-source.ts';
import { Refusal } from '../domain/refusal.ts';
import { hasLongLength, implicitVr, isKnownVr } from './value-representation.ts';
import type { VrLookup } from './value-representation.ts';

export interface Encoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

/** PS3.5 section 6.2.2: what an unknown VR holds is encoded like this in every transfer syntax. */
export const INSIDE_UNKNOWN: Encoding = { explicitVr: false, littleEndian: true };

export interface ElementHeader {
  /** 'x00100010' */
  readonly tag: string;
  readonly vr: string;
  /** Of the value; `UNDEFINED_LENGTH` if a delimiter ends it. */
  readonly length: number;
  readonly valueOffset: number;
  /** Of nested data sets and of the value itself, which may differ from what holds them. */
  readonly encoding: Encoding;
}

export const UNDEFINED_LENGTH = 0xffffffff;
export const ITEM = 'xfffee000';
export const ITEM_DELIMITER = 'xfffee00d';
export const SEQUENCE_DELIMITER = 'xfffee0dd';

/**
 * @param end of the data set that holds the element
 * @throws Refusal
 */
export function readElementHeader(
  source: ByteSource,
  position: number,
  end: number,
  encoding: Encoding,
  vrOf: VrLookup,
  isSigned: boolean,
): ElementHeader {
  if (end - position < 8) throw new Refusal('truncated', `element header at ${position}`);
  const bytes = source.read(position, 8);
  const tag = readTag(bytes, encoding.littleEndian);
  const length = uint32(bytes, 4, encoding.littleEndian);
  if (tag.startsWith('xfffe')) return { tag, vr: '', length, valueOffset: position + 8, encoding };
  if (!encoding.explicitVr) {
    return { tag, vr: implicitVr(tag, vrOf, isSigned), length, valueOffset: position + 8, encoding };
  }
  const vr = String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0);
  const shortLength = uint16(bytes, 6, encoding.littleEndian);
  if (!isKnownVr(vr)) return strangeVrHeader({ source, position, end, encoding }, tag, vr, shortLength);
  if (!hasLongLength(vr)) return { tag, vr, length: shortLength, valueOffset: position + 8, encoding };
  if (end - position < 12) throw new Refusal('truncated', `element header at ${position}`);
  const longLength = uint32(source.read(position + 8, 4), 0, encoding.littleEndian);
  if (vr !== 'UN') return { tag, vr, length: longLength, valueOffset: position + 12, encoding };
  // A writer that did not know the attribute; we may.
  return {
    tag,
    vr: implicitVr(tag, vrOf, isSigned),
    length: longLength,
    valueOffset: position + 12,
    encoding: INSIDE_UNKNOWN,
  };
}

/**
 * Two capitals are a VR that DICOM added after this was written: those have the long form (PS3.5
 * section 6.2). Anything else ('??', '--', two spaces) is a known fault of old writers, which then use
 * the short form.
 */
function strangeVrHeader(
  at: { source: ByteSource; position: number; end: number; encoding: Encoding },
  tag: string,
  vr: string,
  shortLength: number,
): ElementHeader {
  const { source, position, end, encoding } = at;
  const isNewVr = /^[A-Z]{2}$/.test(vr);
  if (isNewVr && shortLength === 0 && end - position >= 12) {
    const length = uint32(source.read(position + 8, 4), 0, encoding.littleEndian);
    if (position + 12 + length <= end) {
      return { tag, vr: 'UN', length, valueOffset: position + 12, encoding };
    }
  }
  if (!isNewVr && !/^[ ?\-\0]{2}$/.test(vr)) {
    throw new Refusal('malformed', `no value representation in ${tag.slice(1)} at ${position}`);
  }
  return { tag, vr: 'UN', length: shortLength, valueOffset: position + 8, encoding };
}

/**
 * Some writers encode a data set, or the items of a sequence, otherwise than they say. The first
 * element tells: a known VR in explicit, a length that fits in implicit.
 */
export function actualEncoding(
  source: ByteSource,
  position: number,
  end: number,
  declared: Encoding,
): Encoding {
  if (end - position < 8) return declared;
  const bytes = source.read(position, 8);
  const tag = readTag(bytes, declared.littleEndian);
  if (tag.startsWith('xfffe')) return declared;
  const vr = String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0);
  const implicitLength = uint32(bytes, 4, declared.littleEndian);
  const fitsAsImplicit = implicitLength === UNDEFINED_LENGTH || position + 8 + implicitLength <= end;
  if (declared.explicitVr) {
    const isImplicit = !/^[A-Z]{2}$/.test(vr) && !/^[ ?-]{2}$/.test(vr) && fitsAsImplicit;
    return isImplicit ? { ...declared, explicitVr: false } : declared;
  }
  const explicitLength = hasLongLength(vr) ? 4 : uint16(bytes, 6, declared.littleEndian);
  const isExplicit = isKnownVr(vr) && !fitsAsImplicit && position + 8 + explicitLength <= end;
  return isExplicit ? { ...declared, explicitVr: true } : declared;
}

export function readTag(bytes: Uint8Array, littleEndian: boolean): string {
  return `x${hexadecimal(uint16(bytes, 0, littleEndian))}${hexadecimal(uint16(bytes, 2, littleEndian))}`;
}

export function uint16(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  return littleEndian ? first | (second << 8) : second | (first << 8);
}

export function uint32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  const low = uint16(bytes, littleEndian ? at : at + 2, littleEndian);
  const high = uint16(bytes, littleEndian ? at + 2 : at, littleEndian);
  return high * 0x10000 + low;
}

function hexadecimal(uint16: number): string {
  return uint16.toString(16).padStart(4, '0');
}
