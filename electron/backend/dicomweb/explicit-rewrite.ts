import {
  ITEM,
  ITEM_DELIMITER,
  SEQUENCE_DELIMITER,
  UNDEFINED_LENGTH,
  actualEncoding,
  readElementHeader,
  readTag,
  uint32,
} from '#shared/dicom/element-header.ts';
import type { ElementHeader, Encoding } from '#shared/dicom/element-header.ts';
import { limits } from '#shared/dicom/limits.ts';
import { hasLongLength, wordBytesOf } from '#shared/dicom/value-representation.ts';
import type { VrLookup } from '#shared/dicom/value-representation.ts';
import { swapBytes } from '#shared/dicom/pixels/bytes.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import type { ByteWindow } from './byte-window.ts';

/** Uncompressed pixels that take the place of a compressed pixel data element. */
export interface DecodedPixels {
  readonly vr: 'OB' | 'OW';
  readonly byteLength: number;
  readonly photometricInterpretation: string;
  chunks(): AsyncIterable<Uint8Array>;
}

export interface RewriteOptions {
  readonly encoding: Encoding;
  readonly vrOf: VrLookup;
  /** Bits Allocated, for the byte order of native pixel data. */
  readonly bitsAllocated: number;
  /** Set if the pixel data are compressed. */
  readonly decoded?: DecodedPixels;
}

const PIXEL_DATA = 'x7fe00010';
const PIXEL_REPRESENTATION = 'x00280103';
const PHOTOMETRIC_INTERPRETATION = 'x00280004';
const PLANAR_CONFIGURATION = 'x00280006';
/** Of frames that are compressed no more. */
const OFFSET_TABLES = new Set(['x7fe00001', 'x7fe00002']);
const HEADER_BYTES = 12;
const OUTPUT_BYTES = 64 * 1024;
const PIXEL_DATA_TAGS = new Set([PIXEL_DATA, 'x7fe00008', 'x7fe00009']);

/** A sequence or item being read; everything nested is written with undefined length, so that it can be streamed. */
interface Holder {
  readonly kind: 'data-set' | 'sequence' | 'item';
  readonly end: number;
  readonly isOpen: boolean;
  readonly encoding: Encoding;
  readonly isSigned: boolean;
}

/**
 * Writes a data set again in Explicit VR Little Endian, while it streams by: nothing but one value's piece is in
 * memory. Values keep their bytes, characters included; only their headers and byte order change. Follows the
 * same tolerance for faulty writers as the reader of the archive, which took this file in before.
 */
export async function* rewriteExplicit(
  source: ByteWindow,
  start: number,
  options: RewriteOptions,
): AsyncGenerator<Uint8Array> {
  yield* new Rewrite(source, options).run(start);
}

class Rewrite {
  readonly #source: ByteWindow;
  readonly #options: RewriteOptions;
  readonly #holders: Holder[] = [];
  #output: Uint8Array = new Uint8Array(OUTPUT_BYTES);
  #outputLength = 0;
  #hasPixelData = false;

  constructor(source: ByteWindow, options: RewriteOptions) {
    this.#source = source;
    this.#options = options;
  }

  async *run(start: number): AsyncGenerator<Uint8Array> {
    const end = this.#source.byteLength;
    await this.#source.ensure(start, HEADER_BYTES);
    const encoding = actualEncoding(this.#source, start, end, this.#options.encoding);
    this.#holders.push({ kind: 'data-set', end, isOpen: false, encoding, isSigned: false });
    for (let position = start; ;) {
      position = this.#leaveEnded(position);
      const holder = this.#holders.at(-1);
      if (!holder || (holder.kind === 'data-set' && position >= end)) break;
      await this.#source.ensure(position, HEADER_BYTES);
      if (holder.kind === 'data-set' && this.#isTrailer(position, holder)) break;
      if (holder.kind === 'sequence') {
        position = await this.#enterItem(position, holder);
        continue;
      }
      const header = this.#header(position, holder);
      if (header.tag.startsWith('xfffe')) {
        position = this.#delimiter(header, position);
        continue;
      }
      yield* this.#element(header, holder);
      position = this.#next;
    }
    yield* this.#flush();
  }

  /** Where the element that was written last ends. */
  #next = 0;

  #header(position: number, { end, encoding, isSigned }: Holder): ElementHeader {
    return readElementHeader(this.#source, position, end, encoding, this.#options.vrOf, isSigned);
  }

  /** Closes everything whose stated length is used up. */
  #leaveEnded(position: number): number {
    for (let holder = this.#holders.at(-1); holder; holder = this.#holders.at(-1)) {
      if (holder.kind === 'data-set' || position < holder.end) break;
      this.#leave();
    }
    return position;
  }

  #leave(): void {
    const holder = this.#holders.pop();
    if (holder?.kind === 'item') this.#writeMarker(ITEM_DELIMITER, 0);
    if (holder?.kind === 'sequence') this.#writeMarker(SEQUENCE_DELIMITER, 0);
  }

  #delimiter(header: ElementHeader, position: number): number {
    const holder = this.#holders.at(-1);
    if (holder?.kind === 'item' && holder.isOpen) {
      this.#leave();
      // A sequence's end that also ends its last item.
      return header.tag === SEQUENCE_DELIMITER ? position : header.valueOffset;
    }
    // Delimiters nobody asked for do no harm, and are not written again.
    return header.valueOffset;
  }

  async #enterItem(position: number, sequence: Holder): Promise<number> {
    const bytes = this.#source.read(position, 8);
    const { littleEndian } = sequence.encoding;
    const tag = readTag(bytes, littleEndian);
    const length = uint32(bytes, 4, littleEndian);
    const valueOffset = position + 8;
    if (tag === SEQUENCE_DELIMITER) {
      if (sequence.isOpen) this.#leave();
      return valueOffset;
    }
    if (tag !== ITEM) throw new Refusal('malformed', `${tag.slice(1)} where an item belongs, at ${position}`);
    const isOpen = length === UNDEFINED_LENGTH;
    const end = isOpen ? sequence.end : valueOffset + length;
    await this.#source.ensure(valueOffset, HEADER_BYTES);
    const encoding = actualEncoding(this.#source, valueOffset, end, sequence.encoding);
    this.#writeMarker(ITEM, UNDEFINED_LENGTH);
    this.#holders.push({ ...sequence, kind: 'item', end, isOpen, encoding });
    return valueOffset;
  }

  async *#element(header: ElementHeader, holder: Holder): AsyncGenerator<Uint8Array> {
    const { tag, vr, length, valueOffset } = header;
    const isOuter = holder.kind === 'data-set';
    const isOpen = length === UNDEFINED_LENGTH;
    if (isOpen && (vr === 'OB' || vr === 'OW')) {
      yield* this.#encapsulated(header, isOuter);
      return;
    }
    if (vr === 'SQ' || isOpen) {
      this.#enterSequence(header, holder);
      return;
    }
    this.#next = valueOffset + length;
    // Group lengths are retired and wrong as soon as anything changes (PS3.5 section 7.2).
    if (tag.endsWith('0000')) return;
    const { decoded } = this.#options;
    if (isOuter && decoded) {
      if (OFFSET_TABLES.has(tag)) return;
      if (tag === PHOTOMETRIC_INTERPRETATION) {
        this.#writeText(tag, 'CS', decoded.photometricInterpretation);
        return;
      }
      if (tag === PLANAR_CONFIGURATION && length === 2) {
        this.#writeHeader(tag, 'US', 2);
        this.#write(Uint8Array.of(0, 0));
        return;
      }
    }
    if (tag === PIXEL_REPRESENTATION && length === 2) await this.#noteSign(header);
    if (isOuter && PIXEL_DATA_TAGS.has(tag)) this.#hasPixelData = true;
    yield* this.#value(header, isOuter);
  }

  #enterSequence({ tag, length, valueOffset, encoding }: ElementHeader, holder: Holder): void {
    if (this.#holders.length > 2 * limits.sequenceDepth) {
      throw new Refusal('too-deep', 'sequences nested too deep');
    }
    const isOpen = length === UNDEFINED_LENGTH;
    this.#writeHeader(tag, 'SQ', UNDEFINED_LENGTH);
    const end = isOpen ? holder.end : valueOffset + length;
    this.#holders.push({ kind: 'sequence', end, isOpen, encoding, isSigned: holder.isSigned });
    this.#next = valueOffset;
  }

  async #noteSign({ valueOffset, encoding }: ElementHeader): Promise<void> {
    await this.#source.ensure(valueOffset, 2);
    const bytes = this.#source.read(valueOffset, 2);
    const isSigned = (bytes[encoding.littleEndian ? 0 : 1] ?? 0) === 1;
    const holder = this.#holders.pop();
    if (holder) this.#holders.push({ ...holder, isSigned });
  }

  async *#value(header: ElementHeader, isOuter: boolean): AsyncGenerator<Uint8Array> {
    const { tag, vr, length, valueOffset, encoding } = header;
    // A text too long for its VR's short header, which implicit VR does not have (PS3.5 section 6.2.2).
    const writtenVr = vr === '' || (!hasLongLength(vr) && length > 0xffff) ? 'UN' : vr;
    this.#writeHeader(tag, writtenVr, length + (length % 2));
    const wordBytes = encoding.littleEndian ? 1 : this.#wordBytes(tag, vr, isOuter);
    for await (const piece of this.#source.pieces(valueOffset, length, wordBytes)) {
      if (piece.length <= OUTPUT_BYTES / 2) {
        this.#write(wordBytes > 1 ? swapBytes(piece, wordBytes) : piece);
        if (this.#outputLength >= OUTPUT_BYTES) yield* this.#flush();
      } else {
        yield* this.#flush();
        yield wordBytes > 1 ? swapBytes(piece, wordBytes) : piece.slice();
      }
    }
    if (length % 2 === 1) this.#write(Uint8Array.of(0));
  }

  #wordBytes(tag: string, vr: string, isOuter: boolean): number {
    const { bitsAllocated } = this.#options;
    return isOuter && tag === PIXEL_DATA && bitsAllocated > 8 ? bitsAllocated / 8 : wordBytesOf(vr);
  }

  async *#encapsulated(header: ElementHeader, isOuter: boolean): AsyncGenerator<Uint8Array> {
    const { decoded } = this.#options;
    if (header.tag !== PIXEL_DATA || !isOuter || !decoded) {
      throw new Refusal('malformed', `${header.tag.slice(1)} is compressed`);
    }
    this.#hasPixelData = true;
    this.#writeHeader(PIXEL_DATA, decoded.vr, decoded.byteLength + (decoded.byteLength % 2));
    yield* this.#flush();
    yield* decoded.chunks();
    if (decoded.byteLength % 2 === 1) this.#write(Uint8Array.of(0));
    this.#next = await this.#afterFragments(header.valueOffset);
  }

  async #afterFragments(start: number): Promise<number> {
    for (let position = start; ;) {
      await this.#source.ensure(position, 8);
      const bytes = this.#source.read(position, 8);
      const length = uint32(bytes, 4, true);
      position += 8;
      if (readTag(bytes, true) === SEQUENCE_DELIMITER) return position;
      position += length;
    }
  }

  /** What stands after the last element: zeros, or rubbish once the pixels are complete. */
  #isTrailer(position: number, { end, encoding }: Holder): boolean {
    const length = Math.min(8, end - position);
    const bytes = this.#source.read(position, length);
    if (length < 8 || bytes.every((byte) => byte === 0)) return true;
    if (!this.#hasPixelData) return false;
    const tag = readTag(bytes, encoding.littleEndian);
    if (tag <= PIXEL_DATA) return true;
    return encoding.explicitVr && !/^[A-Z]{2}$/.test(String.fromCharCode(bytes[4] ?? 0, bytes[5] ?? 0));
  }

  #writeText(tag: string, vr: string, text: string): void {
    const padded = text.length % 2 === 0 ? text : `${text} `;
    this.#writeHeader(tag, vr, padded.length);
    this.#write(Buffer.from(padded, 'latin1'));
  }

  #writeHeader(tag: string, vr: string, length: number): void {
    const isLong = hasLongLength(vr);
    const bytes = Buffer.alloc(isLong ? 12 : 8);
    writeTag(bytes, tag);
    bytes.write(vr, 4, 'latin1');
    if (isLong) bytes.writeUInt32LE(length, 8);
    else bytes.writeUInt16LE(length, 6);
    this.#write(bytes);
  }

  #writeMarker(tag: string, length: number): void {
    const bytes = Buffer.alloc(8);
    writeTag(bytes, tag);
    bytes.writeUInt32LE(length, 4);
    this.#write(bytes);
  }

  #write(bytes: Uint8Array): void {
    const needed = this.#outputLength + bytes.length;
    if (needed > this.#output.length) {
      const grown = new Uint8Array(Math.max(needed, this.#output.length * 2));
      grown.set(this.#output.subarray(0, this.#outputLength));
      this.#output = grown;
    }
    this.#output.set(bytes, this.#outputLength);
    this.#outputLength = needed;
  }

  *#flush(): Generator<Uint8Array> {
    if (this.#outputLength === 0) return;
    yield this.#output.slice(0, this.#outputLength);
    this.#outputLength = 0;
  }
}

function writeTag(bytes: Buffer, tag: string): void {
  bytes.writeUInt16LE(Number.parseInt(tag.slice(1, 5), 16), 0);
  bytes.writeUInt16LE(Number.parseInt(tag.slice(5), 16), 2);
}
