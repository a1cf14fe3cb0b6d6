import dicomParser from 'dicom-parser';
import type { ByteArrayParser, DataSet, Element } from 'dicom-parser';
import type { ByteSource } from './byte-source.ts';
import {
  ITEM,
  ITEM_DELIMITER,
  SEQUENCE_DELIMITER,
  UNDEFINED_LENGTH,
  actualEncoding,
  readElementHeader,
  readTag,
  uint32,
} from './element-header.ts';
import type { ElementHeader, Encoding } from './element-header.ts';
import { readFragments } from './encapsulation.ts';
import type { Fragment } from './encapsulation.ts';
import { limits } from './limits.ts';
import { Refusal } from '../domain/refusal.ts';
import { wordBytesOf } from './value-representation.ts';
import type { VrLookup } from './value-representation.ts';

/** A value left in the file because it is pixel data or too long for the header. */
export interface BulkValue {
  readonly tag: string;
  /** Tags and item numbers from 1 that lead to it: '00540016/1/00181072'. */
  readonly path: string;
  readonly vr: string;
  /** In a deflated file this and all other offsets count from the start of the inflated data set. */
  readonly fileOffset: number;
  /** Encapsulated values: with all item headers and the delimiter. */
  readonly byteLength: number;
  /** Encapsulated values only: the items after the Basic Offset Table, PS3.5 section A.4. */
  readonly fragments?: readonly Fragment[];
  readonly basicOffsetTable?: readonly number[];
}

export interface WalkedElement extends Element {
  /** Set if the value stays in the file. */
  readonly bulk?: BulkValue;
}

export interface WalkedDataSet {
  /** Values by tag ('x00100010'), readable with dicom-parser's own accessors. Always little endian. */
  readonly dataSet: DataSet;
  /** Top-level values that stay in the file, by tag. */
  readonly bulkValues: ReadonlyMap<string, BulkValue>;
}

export interface WalkOptions extends Encoding {
  readonly vrOf: VrLookup;
  /** Take what a cut or miscounted data set still says, instead of refusing it. Never for images. */
  readonly acceptsTruncation?: boolean;
}

/** dicom-parser exports its value reader at run time and leaves it out of its typings. */
const { DataSet: ValueReader } = dicomParser as unknown as {
  DataSet: new (parser: ByteArrayParser, bytes: Uint8Array, elements: Record<string, Element>) => DataSet;
};

const PIXEL_DATA_TAGS = new Set(['x7fe00010', 'x7fe00008', 'x7fe00009']);
const PIXEL_REPRESENTATION = 'x00280103';

/** What holds the elements being read. */
interface Holder {
  readonly end: number;
  readonly depth: number;
  readonly encoding: Encoding;
  /** An item delimiter ends it. */
  readonly isOpen: boolean;
  /** '00540016/1/' */
  readonly path: string;
  readonly isSigned: boolean;
}

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
  #hasPixelData = false;
  readonly #dataSets: DataSet[] = [];

  constructor(source: ByteSource, options: WalkOptions) {
    this.#source = source;
    this.#options = options;
  }

  run(start: number): WalkedDataSet {
    const { littleEndian, explicitVr } = this.#options;
    const end = this.#source.byteLength;
    const encoding = actualEncoding(this.#source, start, end, { littleEndian, explicitVr });
    const holder = { end, depth: 0, encoding, isOpen: false, path: '', isSigned: false };
    const { dataSet } = this.#readElements(start, holder);
    const values = this.#values.subarray(0, this.#valuesLength);
    for (const each of this.#dataSets) each.byteArray = values;
    return { dataSet, bulkValues: this.#bulkValues };
  }

  #readElements(start: number, given: Holder): { dataSet: DataSet; position: number } {
    const elements: Record<string, WalkedElement> = {};
    let holder = given;
    let position = start;
    while (position < holder.end) {
      if (holder.depth === 0 && this.#isTrailer(position, holder)) break;
      const { encoding, end } = holder;
      const header = readElementHeader(
        this.#source,
        position,
        end,
        encoding,
        this.#options.vrOf,
        holder.isSigned,
      );
      this.#countElement();
      if (header.tag.startsWith('xfffe')) {
        if (header.tag === ITEM_DELIMITER && holder.isOpen) {
          return { dataSet: this.#dataSet(elements), position: header.valueOffset };
        }
        // A sequence's end that also ends its last item, and delimiters nobody asked for, do no harm.
        if (header.tag === SEQUENCE_DELIMITER && holder.isOpen) {
          return { dataSet: this.#dataSet(elements), position };
        }
        if (header.tag === ITEM || header.length !== 0) {
          throw new Refusal('malformed', `stray ${header.tag.slice(1)} at ${position}`);
        }
        position = header.valueOffset;
        continue;
      }
      position = this.#readValue(header, holder, elements);
      if (header.tag === PIXEL_REPRESENTATION) holder = { ...holder, isSigned: this.#lastValueIsOne() };
    }
    if (holder.isOpen && !this.#options.acceptsTruncation) {
      throw new Refusal('truncated', `item without delimiter at ${start}`);
    }
    return { dataSet: this.#dataSet(elements), position };
  }

  #readValue(header: ElementHeader, holder: Holder, elements: Record<string, WalkedElement>): number {
    const { tag, vr, length, valueOffset } = header;
    const hadUndefinedLength = length === UNDEFINED_LENGTH;
    const path = `${holder.path}${tag.slice(1).toUpperCase()}`;
    if (hadUndefinedLength && (vr === 'OB' || vr === 'OW')) {
      const encapsulated = readFragments(this.#source, valueOffset, header.encoding.littleEndian);
      const encodedVr = header.encoding.explicitVr ? vr : 'OB';
      const bulk = { tag, path, vr: encodedVr, fileOffset: valueOffset, ...encapsulated };
      this.#leaveInFile(bulk, holder, elements);
      return valueOffset + encapsulated.byteLength;
    }
    if (vr === 'SQ' || hadUndefinedLength) return this.#readSequence(header, holder, elements);
    if (vr === 'UN' && this.#opensItem(header)) {
      try {
        return this.#readSequence(header, holder, elements);
      } catch (error) {
        // It only looked like one: nobody said that this is a sequence.
        if (!(error instanceof Refusal) || error.code === 'too-deep' || error.code === 'too-many-elements')
          throw error;
      }
    }
    const valueEnd = this.#valueEnd(header, holder);
    if (valueOffset + length > valueEnd) return valueEnd;
    if ((holder.depth === 0 && PIXEL_DATA_TAGS.has(tag)) || length > limits.headerValueBytes) {
      this.#leaveInFile({ tag, path, vr, fileOffset: valueOffset, byteLength: length }, holder, elements);
    } else {
      elements[tag] = { tag, vr, length, dataOffset: this.#keepValue(header) };
    }
    return valueEnd;
  }

  #leaveInFile(bulk: BulkValue, holder: Holder, elements: Record<string, WalkedElement>): void {
    elements[bulk.tag] = { tag: bulk.tag, vr: bulk.vr, length: bulk.byteLength, dataOffset: 0, bulk };
    if (holder.depth > 0) return;
    this.#bulkValues.set(bulk.tag, bulk);
    if (PIXEL_DATA_TAGS.has(bulk.tag)) this.#hasPixelData = true;
  }

  #readSequence(header: ElementHeader, holder: Holder, elements: Record<string, WalkedElement>): number {
    const { tag, length, valueOffset } = header;
    const hadUndefinedLength = length === UNDEFINED_LENGTH;
    const { items, position } = this.#readItems(valueOffset, {
      end: hadUndefinedLength ? holder.end : this.#valueEnd(header, holder),
      depth: holder.depth + 1,
      encoding: header.encoding,
      isOpen: hadUndefinedLength,
      path: `${holder.path}${tag.slice(1).toUpperCase()}/`,
      isSigned: holder.isSigned,
    });
    elements[tag] = { tag, vr: 'SQ', length, dataOffset: 0, items, hadUndefinedLength };
    return position;
  }

  #readItems(start: number, sequence: Holder): { items: Element[]; position: number } {
    const { end, depth, encoding } = sequence;
    if (depth > limits.sequenceDepth) throw new Refusal('too-deep', `sequences nested ${depth} deep`);
    const items: Element[] = [];
    let position = start;
    while (position < end) {
      if (end - position < 8) throw new Refusal('truncated', `item header at ${position}`);
      const bytes = this.#source.read(position, 8);
      const tag = readTag(bytes, encoding.littleEndian);
      const length = uint32(bytes, 4, encoding.littleEndian);
      position += 8;
      if (tag === SEQUENCE_DELIMITER && sequence.isOpen) return { items, position };
      if (tag === SEQUENCE_DELIMITER && length === 0) continue;
      if (tag !== ITEM)
        throw new Refusal('malformed', `${tag.slice(1)} where an item belongs, at ${position - 8}`);
      this.#countElement();
      const isOpen = length === UNDEFINED_LENGTH;
      if (!isOpen && position + length > end && !this.#options.acceptsTruncation) {
        throw new Refusal('truncated', `item at ${position - 8} ends after what holds it`);
      }
      const itemEnd = isOpen ? end : Math.min(end, position + length);
      const read = this.#readElements(position, {
        ...sequence,
        end: itemEnd,
        encoding: actualEncoding(this.#source, position, itemEnd, encoding),
        isOpen,
        path: `${sequence.path}${items.length + 1}/`,
      });
      items.push({ tag, length, dataOffset: 0, dataSet: read.dataSet });
      position = read.position;
    }
    if (sequence.isOpen && !this.#options.acceptsTruncation) {
      throw new Refusal('truncated', `sequence without delimiter at ${start}`);
    }
    return { items, position };
  }

  /**
   * What some writers leave after the last element: zeros up to a block size, or, once the pixels are
   * complete, anything that cannot be an element.
   */
  #isTrailer(position: number, { end, encoding }: Holder): boolean {
    const length = Math.min(8, end - position);
    const bytes = this.#source.read(position, length);
    if (bytes[0] === 0 && bytes[1] === 0 && bytes.every((byte) => byte === 0)) {
      if (this.#hasPixelData || this.#isZeroUntilEnd(position)) return true;
      throw new Refusal('malformed', `zeros instead of an element at ${position}`);
    }
    if (!this.#hasPixelData) return false;
    if (length < 8) return true;
    const tag = readTag(bytes, encoding.littleEndian);
    if (tag <= 'x7fe00010') return true;
    if (encoding.explicitVr) return !/^[A-Z]{2}$/.test(String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0));
    const isPrivate = ((bytes[encoding.littleEndian ? 0 : 1] ?? 0) & 1) === 1;
    return !isPrivate && this.#options.vrOf(tag) === undefined;
  }

  #isZeroUntilEnd(start: number): boolean {
    const end = this.#source.byteLength;
    for (let position = start; position < end; position += 4096) {
      const bytes = this.#source.read(position, Math.min(4096, end - position));
      if (bytes.some((byte) => byte !== 0)) return false;
    }
    return true;
  }

  #opensItem(header: ElementHeader): boolean {
    if (header.length < 8 || header.valueOffset + 8 > this.#source.byteLength) return false;
    const bytes = this.#source.read(header.valueOffset, 8);
    if (readTag(bytes, header.encoding.littleEndian) !== ITEM) return false;
    const itemLength = uint32(bytes, 4, header.encoding.littleEndian);
    return itemLength === UNDEFINED_LENGTH || itemLength <= header.length - 8;
  }

  #valueEnd(header: ElementHeader, holder: Holder): number {
    const valueEnd = header.valueOffset + header.length;
    if (valueEnd <= holder.end) return valueEnd;
    if (this.#options.acceptsTruncation) return holder.end;
    throw new Refusal('truncated', `value of ${header.tag.slice(1)} ends after what holds it`);
  }

  #countElement(): void {
    if (++this.#elementCount <= limits.elements) return;
    throw new Refusal('too-many-elements', `more than ${limits.elements} elements`);
  }

  /** Copies a value to where dicom-parser's accessors find it, in little endian. */
  #keepValue({ valueOffset, length, vr, encoding }: ElementHeader): number {
    const offset = this.#valuesLength;
    const end = offset + length;
    if (end > limits.headerBytes) {
      throw new Refusal('header-too-large', `more than ${limits.headerBytes} bytes outside pixel data`);
    }
    if (end > this.#values.byteLength) {
      const grown = new Uint8Array(Math.max(this.#values.byteLength * 2, end));
      grown.set(this.#values.subarray(0, offset));
      this.#values = grown;
    }
    this.#values.set(this.#source.read(valueOffset, length), offset);
    const wordBytes = encoding.littleEndian ? 1 : wordBytesOf(vr);
    if (wordBytes > 1) {
      for (let at = offset; at + wordBytes <= end; at += wordBytes) {
        this.#values.subarray(at, at + wordBytes).reverse();
      }
    }
    this.#valuesLength = end;
    return offset;
  }

  #lastValueIsOne(): boolean {
    return this.#values[this.#valuesLength - 2] === 1;
  }

  #dataSet(elements: Record<string, Element>): DataSet {
    const dataSet = new ValueReader(dicomParser.littleEndianByteArrayParser, this.#values, elements);
    this.#dataSets.push(dataSet);
    return dataSet;
  }
}
