import type { Encoding } from './element-header.ts';
import { hasLongLength, wordBytesOf } from './value-representation.ts';

/** One attribute to write. Numbers for binary VRs and DS/IS, bytes for binary VRs and for texts already encoded. */
export interface DataElement {
  /** '00100010' */
  readonly tag: string;
  readonly vr: string;
  /** Absent: a zero-length value. */
  readonly value?: ElementValue;
}

export type ElementValue =
  | string
  | number
  | readonly (string | number | bigint)[]
  | Uint8Array
  | { readonly items: readonly (readonly DataElement[])[] }
  | EncapsulatedValue;

/** PS3.5 section A.4. An empty offset table is allowed. */
export interface EncapsulatedValue {
  readonly basicOffsetTable?: readonly number[];
  readonly fragments: readonly Uint8Array[];
}

export interface WriteOptions extends Encoding {
  /** Sequences and items end with delimiters instead of stating their length. */
  readonly undefinedLengths?: boolean;
}

const PAD_WITH_NUL = new Set(['UI', 'OB', 'UN']);
const utf8 = new TextEncoder();

/**
 * Encodes elements in the order of their tags (PS3.5 section 7.1). Texts become UTF-8, which the data
 * set has to declare as ISO_IR 192 where they are not ASCII.
 *
 * @returns pieces to be written one after the other, so that large pixel data is never copied
 */
export function writeDataSet(elements: readonly DataElement[], options: WriteOptions): Uint8Array[] {
  const sorted = [...elements].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return sorted.flatMap((element) => writeElement(element, options));
}

export function byteLengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
}

function writeElement(element: DataElement, options: WriteOptions): Uint8Array[] {
  const { value, vr } = element;
  if (typeof value === 'object' && 'items' in value) return writeSequence(element, value.items, options);
  if (typeof value === 'object' && 'fragments' in value) return writeEncapsulated(element, value, options);
  const bytes = padded(encodeValue(value, vr, options), vr);
  return [header(element, bytes.byteLength, options), bytes];
}

function writeSequence(
  element: DataElement,
  items: readonly (readonly DataElement[])[],
  options: WriteOptions,
): Uint8Array[] {
  const content = items.flatMap((item) => {
    const pieces = writeDataSet(item, options);
    if (!options.undefinedLengths) return [marker('fffee000', byteLengthOf(pieces), options), ...pieces];
    return [marker('fffee000', 0xffffffff, options), ...pieces, marker('fffee00d', 0, options)];
  });
  if (!options.undefinedLengths) return [header(element, byteLengthOf(content), options), ...content];
  return [header(element, 0xffffffff, options), ...content, marker('fffee0dd', 0, options)];
}

function writeEncapsulated(
  element: DataElement,
  { basicOffsetTable = [], fragments }: EncapsulatedValue,
  options: WriteOptions,
): Uint8Array[] {
  const table = encodeNumbers(basicOffsetTable, 'UL', options.littleEndian);
  const items = [table, ...fragments.map((fragment) => padded(fragment, 'OB'))];
  return [
    header(element, 0xffffffff, options),
    ...items.flatMap((item) => [marker('fffee000', item.byteLength, options), item]),
    marker('fffee0dd', 0, options),
  ];
}

/** Tag, VR if explicit, and length. */
function header({ tag, vr }: DataElement, length: number, options: WriteOptions): Uint8Array {
  if (!options.explicitVr) return marker(tag, length, options);
  const isLong = hasLongLength(vr);
  if (!isLong && length > 0xfffe) throw new RangeError(`${tag} ${vr} of ${length} bytes`);
  const bytes = new Uint8Array(isLong ? 12 : 8);
  const view = new DataView(bytes.buffer);
  bytes.set(marker(tag, 0, options));
  bytes[4] = vr.charCodeAt(0);
  bytes[5] = vr.charCodeAt(1);
  if (isLong) view.setUint32(8, length, options.littleEndian);
  else view.setUint16(6, length, options.littleEndian);
  return bytes;
}

/** Tag and 32-bit length: items, delimiters, and every element in implicit VR. */
function marker(tag: string, length: number, { littleEndian }: WriteOptions): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, Number.parseInt(tag.slice(0, 4), 16), littleEndian);
  view.setUint16(2, Number.parseInt(tag.slice(4), 16), littleEndian);
  view.setUint32(4, length, littleEndian);
  return new Uint8Array(view.buffer);
}

function encodeValue(
  value: Exclude<ElementValue, { items: unknown } | EncapsulatedValue> | undefined,
  vr: string,
  { littleEndian }: WriteOptions,
): Uint8Array {
  if (value === undefined) return new Uint8Array(0);
  if (value instanceof Uint8Array) return littleEndian ? value : swapped(value, wordBytesOf(vr));
  const values = typeof value === 'string' || typeof value === 'number' ? [value] : value;
  if (vr === 'AT') return encodeNumbers(values.flatMap(tagWords), 'US', littleEndian);
  if (wordBytesOf(vr) > 1) return encodeNumbers(values, vr, littleEndian);
  return utf8.encode(values.map(String).join('\\'));
}

function encodeNumbers(values: readonly (string | number | bigint)[], vr: string, littleEndian: boolean) {
  const wordBytes = wordBytesOf(vr);
  const view = new DataView(new ArrayBuffer(values.length * wordBytes));
  for (const [index, value] of values.entries()) {
    setNumber(view, index * wordBytes, vr, value, littleEndian);
  }
  return new Uint8Array(view.buffer);
}

function setNumber(
  view: DataView,
  at: number,
  vr: string,
  value: string | number | bigint,
  littleEndian: boolean,
): void {
  if (vr === 'FL' || vr === 'OF') view.setFloat32(at, Number(value), littleEndian);
  else if (vr === 'FD' || vr === 'OD') view.setFloat64(at, Number(value), littleEndian);
  else if (wordBytesOf(vr) === 8) view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), littleEndian);
  else if (wordBytesOf(vr) === 4) view.setInt32(at, Number(value) | 0, littleEndian);
  else view.setInt16(at, Number(value), littleEndian);
}

function tagWords(tag: string | number | bigint): number[] {
  const text = String(tag);
  return [Number.parseInt(text.slice(0, 4), 16), Number.parseInt(text.slice(4), 16)];
}

function swapped(bytes: Uint8Array, wordBytes: number): Uint8Array {
  if (wordBytes === 1) return bytes;
  const result = Uint8Array.from(bytes);
  for (let at = 0; at + wordBytes <= result.length; at += wordBytes) {
    result.subarray(at, at + wordBytes).reverse();
  }
  return result;
}

/** Values have an even length, PS3.5 section 7.1.1. */
function padded(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.byteLength % 2 === 0) return bytes;
  const result = new Uint8Array(bytes.byteLength + 1);
  result.set(bytes);
  result[bytes.byteLength] = PAD_WITH_NUL.has(vr) ? 0 : 0x20;
  return result;
}
