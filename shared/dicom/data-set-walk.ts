import dicomParser from 'dicom-parser';
import type { ByteArrayParser, DataSet, Element } from 'dicom-parser';
import type { ByteSource } from './byte-source.ts';
import { limits } from './limits.ts';
import { Refusal } from '../domain/refusal.ts';

/** A value left in the file because it is pixel data or too long for the header. */
export interface BulkValue {
  readonly tag: string;
  readonly vr: string;
  readonly fileOffset: number;
  readonly byteLength: number;
  /** Encapsulated values only: the items after the Basic Offset Table, PS3.5 section A.4. */
  readonly fragments?: readonly Fragment[];
  readonly basicOffsetTable?: readonly number[];
}

export interface Fragment {
  /** Of the fragment's first data byte in the file. */
  readonly fileOffset: number;
  readonly byteLength: number;
}

export interface WalkedDataSet {
  /** Values by tag ('x00100010'), readable with dicom-parser's own accessors. */
  readonly dataSet: DataSet;
  /** Top-level values that stay in the file, by tag. */
  readonly bulkValues: ReadonlyMap<string, BulkValue>;
  readonly littleEndian: boolean;
}

export interface WalkOptions {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  /** VR of a tag ('x00100010') for implicit VR; undefined for private and unknown tags. */
  readonly vrOf: (tag: string) => string | undefined;
}

/** dicom-parser exports its value reader at run time and leaves it out of its typings. */
const { DataSet: ValueReader } = dicomParser as unknown as {
  DataSet: new (parser: ByteArrayParser, bytes: Uint8Array, elements: Record<string, Element>) => DataSet;
};

const UNDEFINED_LENGTH = 0xffffffff;
const PIXEL_DATA_TAGS = new Set(['x7fe00010', 'x7fe00008', 'x7fe00009']);
const LONG_LENGTH_VRS = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);

/**
 * Finds every element of a data set without holding its pixels, within `limits`.
 *
 * dicom-parser reads the values, but the walk is ours: the library needs the whole file in memory,
 * bounds neither depth nor count, runs past sequence delimiters and does not know OV, SV and UV.
 *
 * @throws Refusal
 */
export function walkDataSet(source: ByteSource, start: number, options: WalkOptions): WalkedDataSet {
  return new Walk(source, options).run(start);
}

class Walk {
  readonly #source: ByteSource;
  readonly #options: WalkOptions;
  readonly #bulkValues = new Map<string, BulkValue>();
  #values = new Uint8Array(16 * 1024);
  #valuesLength = 0;
  #elementCount = 0;
  readonly #dataSets: DataSet[] = [];

  constructor(source: ByteSource, options: WalkOptions) {
    this.#source = source;
    this.#options = options;
  }

  run(start: number): WalkedDataSet {
    const { dataSet } = this.#readElements(
      start,
      this.#source.byteLength,
      0,
      this.#options.explicitVr,
      false,
    );
    const values = this.#values.subarray(0, this.#valuesLength);
    for (const each of this.#dataSets) each.byteArray = values;
    return { dataSet, bulkValues: this.#bulkValues, littleEndian: this.#options.littleEndian };
  }

  /** Reads elements up to `end`, or up to an item delimiter if `isOpenItem`. Returns where it stopped. */
  #readElements(
    start: number,
    end: number,
    depth: number,
    explicitVr: boolean,
    isOpenItem: boolean,
  ): { dataSet: DataSet; position: number } {
    const elements: Record<string, Element> = {};
    let position = start;
    while (position < end) {
      if (depth === 0 && this.#isTrailingPadding(position, end)) break;
      if (end - position < 8) throw new Refusal('truncated', `element header at ${position}`);
      const header = this.#readHeader(position, explicitVr);
      if (isOpenItem && header.tag === 'xfffee00d') {
        position = header.valueOffset;
        const dataSet = this.#dataSet(elements);
        return { dataSet, position };
      }
      if (header.tag.startsWith('xfffe')) {
        throw new Refusal('malformed', `stray ${header.tag.slice(1)} at ${position}`);
      }
      if (++this.#elementCount > limits.elements) {
        throw new Refusal('too-many-elements', `more than ${limits.elements} elements`);
      }
      position = this.#readValue(header, end, depth, explicitVr, elements);
    }
    if (isOpenItem) throw new Refusal('truncated', `item without delimiter at ${start}`);
    return { dataSet: this.#dataSet(elements), position };
  }

  #readHeader(position: number, explicitVr: boolean) {
    const bytes = this.#source.read(position, 8);
    const tag = this.#tag(bytes);
    if (tag.startsWith('xfffe') || !explicitVr) {
      const vr = tag.startsWith('xfffe') ? '' : (this.#options.vrOf(tag) ?? 'UN');
      return { tag, vr, length: this.#uint32(bytes, 4), valueOffset: position + 8 };
    }
    const vr = String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0);
    if (!/^[A-Z]{2}$/.test(vr))
      throw new Refusal('malformed', `no value representation in ${tag} at ${position}`);
    if (!LONG_LENGTH_VRS.has(vr)) {
      return { tag, vr, length: this.#uint16(bytes, 6), valueOffset: position + 8 };
    }
    return { tag, vr, length: this.#uint32(this.#source.read(position, 12), 8), valueOffset: position + 12 };
  }

  #readValue(
    header: { tag: string; vr: string; length: number; valueOffset: number },
    end: number,
    depth: number,
    explicitVr: boolean,
    elements: Record<string, Element>,
  ): number {
    const { tag, vr, length, valueOffset } = header;
    const hadUndefinedLength = length === UNDEFINED_LENGTH;
    if (hadUndefinedLength && depth === 0 && PIXEL_DATA_TAGS.has(tag)) {
      return this.#readEncapsulated(header);
    }
    // A sequence inside UN is always implicit VR (PS3.5 section 6.2.2).
    const isSequence =
      vr === 'SQ' || hadUndefinedLength || (!explicitVr && vr === 'UN' && this.#opensItem(header));
    if (isSequence) {
      const itemsExplicit = explicitVr && vr !== 'UN';
      const sequenceEnd = hadUndefinedLength ? end : this.#valueEnd(header, end);
      const { items, position } = this.#readItems(
        valueOffset,
        sequenceEnd,
        depth + 1,
        itemsExplicit,
        hadUndefinedLength,
      );
      elements[tag] = { tag, vr: 'SQ', length, dataOffset: 0, items, hadUndefinedLength };
      return position;
    }
    const valueEnd = this.#valueEnd(header, end);
    if (depth === 0 && (PIXEL_DATA_TAGS.has(tag) || length > limits.headerValueBytes)) {
      this.#bulkValues.set(tag, { tag, vr, fileOffset: valueOffset, byteLength: length });
      return valueEnd;
    }
    elements[tag] = { tag, vr, length, dataOffset: this.#keepValue(valueOffset, length) };
    return valueEnd;
  }

  #readItems(start: number, end: number, depth: number, explicitVr: boolean, isOpen: boolean) {
    if (depth > limits.sequenceDepth) throw new Refusal('too-deep', `sequences nested ${depth} deep`);
    const items: Element[] = [];
    let position = start;
    while (position < end) {
      const bytes = this.#source.read(position, 8);
      const tag = this.#tag(bytes);
      const length = this.#uint32(bytes, 4);
      position += 8;
      if (tag === 'xfffee0dd' && isOpen) return { items, position };
      if (tag !== 'xfffee000')
        throw new Refusal('malformed', `${tag.slice(1)} where an item belongs, at ${position - 8}`);
      if (++this.#elementCount > limits.elements) {
        throw new Refusal('too-many-elements', `more than ${limits.elements} elements`);
      }
      const isOpenItem = length === UNDEFINED_LENGTH;
      if (!isOpenItem && position + length > end) {
        throw new Refusal('truncated', `item at ${position - 8} ends after what holds it`);
      }
      const itemEnd = isOpenItem ? end : position + length;
      const read = this.#readElements(position, itemEnd, depth, explicitVr, isOpenItem);
      items.push({ tag, length, dataOffset: 0, dataSet: read.dataSet });
      position = read.position;
    }
    if (isOpen) throw new Refusal('truncated', `sequence without delimiter at ${start}`);
    return { items, position };
  }

  /** PS3.5 section A.4: Basic Offset Table item, fragment items, sequence delimiter. */
  #readEncapsulated(header: { tag: string; vr: string; valueOffset: number }): number {
    const fragments: Fragment[] = [];
    let basicOffsetTable: number[] | undefined;
    let position = header.valueOffset;
    for (;;) {
      const bytes = this.#source.read(position, 8);
      const tag = this.#tag(bytes);
      const byteLength = this.#uint32(bytes, 4);
      position += 8;
      if (tag === 'xfffee0dd') break;
      if (tag !== 'xfffee000')
        throw new Refusal('malformed', `${tag.slice(1)} among the fragments at ${position - 8}`);
      if (position + byteLength > this.#source.byteLength) {
        throw new Refusal('truncated', `fragment at ${position - 8} ends after the file`);
      }
      if (basicOffsetTable === undefined) {
        basicOffsetTable = this.#readOffsetTable(position, byteLength);
      } else {
        fragments.push({ fileOffset: position, byteLength });
        if (fragments.length > limits.fragments) {
          throw new Refusal('too-many-frames', `more than ${limits.fragments} fragments`);
        }
      }
      position += byteLength;
    }
    this.#bulkValues.set(header.tag, {
      tag: header.tag,
      vr: header.vr,
      fileOffset: header.valueOffset,
      byteLength: position - header.valueOffset,
      fragments,
      basicOffsetTable: basicOffsetTable ?? [],
    });
    return position;
  }

  #readOffsetTable(position: number, byteLength: number): number[] {
    if (byteLength > limits.frames * 4) throw new Refusal('too-many-frames', 'Basic Offset Table too long');
    const bytes = this.#source.read(position, byteLength);
    return Array.from({ length: Math.floor(byteLength / 4) }, (_, index) => this.#uint32(bytes, index * 4));
  }

  /** Some writers fill the file up with zeros after the last element. */
  #isTrailingPadding(position: number, end: number): boolean {
    const length = Math.min(8, end - position);
    return this.#source.read(position, length).every((byte) => byte === 0);
  }

  #opensItem(header: { length: number; valueOffset: number }): boolean {
    if (header.length < 8 || header.valueOffset + 8 > this.#source.byteLength) return false;
    const bytes = this.#source.read(header.valueOffset, 8);
    return this.#tag(bytes) === 'xfffee000' && this.#uint32(bytes, 4) <= header.length - 8;
  }

  #valueEnd(header: { tag: string; length: number; valueOffset: number }, end: number): number {
    const valueEnd = header.valueOffset + header.length;
    if (valueEnd > end)
      throw new Refusal('truncated', `value of ${header.tag.slice(1)} ends after what holds it`);
    return valueEnd;
  }

  #keepValue(fileOffset: number, length: number): number {
    const offset = this.#valuesLength;
    if (offset + length > limits.headerBytes) {
      throw new Refusal('header-too-large', `more than ${limits.headerBytes} bytes outside pixel data`);
    }
    if (offset + length > this.#values.byteLength) {
      const grown = new Uint8Array(Math.max(this.#values.byteLength * 2, offset + length));
      grown.set(this.#values.subarray(0, offset));
      this.#values = grown;
    }
    this.#values.set(this.#source.read(fileOffset, length), offset);
    this.#valuesLength = offset + length;
    return offset;
  }

  #dataSet(elements: Record<string, Element>): DataSet {
    const { littleEndianByteArrayParser, bigEndianByteArrayParser } = dicomParser;
    const parser = this.#options.littleEndian ? littleEndianByteArrayParser : bigEndianByteArrayParser;
    const dataSet = new ValueReader(parser, this.#values, elements);
    this.#dataSets.push(dataSet);
    return dataSet;
  }

  #tag(bytes: Uint8Array): string {
    return `x${hexadecimal(this.#uint16(bytes, 0))}${hexadecimal(this.#uint16(bytes, 2))}`;
  }

  #uint16(bytes: Uint8Array, at: number): number {
    const [first, second] = this.#options.littleEndian ? [at, at + 1] : [at + 1, at];
    return (bytes[first] ?? 0) | ((bytes[second] ?? 0) << 8);
  }

  #uint32(bytes: Uint8Array, at: number): number {
    const low = this.#uint16(bytes, this.#options.littleEndian ? at : at + 2);
    const high = this.#uint16(bytes, this.#options.littleEndian ? at + 2 : at);
    return high * 0x10000 + low;
  }
}

function hexadecimal(uint16: number): string {
  return uint16.toString(16).padStart(4, '0');
}
