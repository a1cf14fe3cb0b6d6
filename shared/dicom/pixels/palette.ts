import { firstText } from '../attributes.ts';
import type { DicomJson } from '../dicom-json.ts';
import { decodeInlineBinary } from '../image/inline-binary.ts';
import { readDescriptor, tableWords, wordsOf } from './lookup-table.ts';

/** Palette Color Lookup Tables, PS3.3 sections C.7.6.3.1.5, C.7.6.3.1.6 and C.7.6.19, ready for the screen. */
export interface Palette {
  /** Stored value that the first colour stands for. */
  readonly firstValue: number;
  /** Red, green, blue, 8 bit each, colour by colour. */
  readonly colours: Uint8Array;
  /** Values below `firstValue` are grey (MONOCHROME2), the others colours. */
  readonly isSupplemental: boolean;
}

const CHANNELS = ['1', '2', '3'] as const;

/** Undefined if the instance has no complete palette. */
export function readPalette(json: DicomJson, isSigned: boolean): Palette | undefined {
  const channels = CHANNELS.map((channel) => readChannel(json, channel, isSigned));
  const [red, green, blue] = channels;
  if (!red || !green || !blue) return undefined;
  const count = Math.min(red.entries.length, green.entries.length, blue.entries.length);
  const colours = new Uint8Array(count * 3);
  for (let index = 0; index < count; index++) {
    colours[index * 3] = red.entries[index] ?? 0;
    colours[index * 3 + 1] = green.entries[index] ?? 0;
    colours[index * 3 + 2] = blue.entries[index] ?? 0;
  }
  const presentation = firstText(json, '00089205') ?? '';
  const isSupplemental =
    firstText(json, '00280004') === 'MONOCHROME2' && ['COLOR', 'MIXED'].includes(presentation);
  return { firstValue: red.firstValue, colours, isSupplemental };
}

function readChannel(json: DicomJson, channel: string, isSigned: boolean) {
  const descriptor = readDescriptor(json, `0028110${channel}`, isSigned);
  if (!descriptor) return undefined;
  const segmented = json[`0028122${channel}`];
  const values = segmented?.InlineBinary
    ? expandSegments(
        decodeInlineBinary(segmented.InlineBinary),
        descriptor.bitsPerEntry,
        descriptor.entryCount,
      )
    : tableWords(json[`0028120${channel}`], descriptor.entryCount);
  if (!values || values.length === 0) return undefined;
  return { firstValue: descriptor.firstValue, entries: toEightBits(values, descriptor.bitsPerEntry) };
}

/** 16-bit entries by their upper byte; some writers announce 16 bits and use 8. */
function toEightBits(values: Uint8Array | Uint16Array, bitsPerEntry: number): Uint8Array {
  const isReallyEightBits = bitsPerEntry <= 8 || values.every((value) => value < 256);
  return isReallyEightBits ? Uint8Array.from(values) : Uint8Array.from(values, (value) => value >> 8);
}

/**
 * Segmented Palette Color LUT Data, PS3.3 section C.7.9.2: discrete (0), linear (1) and indirect (2) segments.
 * Writing stops at `entryCount`, so a hostile table costs no more than an honest one.
 */
export function expandSegments(bytes: Uint8Array, bitsPerEntry: number, entryCount: number): Uint16Array {
  return new SegmentReader(bytes, bitsPerEntry <= 8, entryCount).run();
}

class SegmentReader {
  readonly #source: ArrayLike<number>;
  readonly #isEightBit: boolean;
  readonly #target: Uint16Array;
  #written = 0;

  constructor(bytes: Uint8Array, isEightBit: boolean, entryCount: number) {
    this.#source = isEightBit ? bytes : wordsOf(bytes);
    this.#isEightBit = isEightBit;
    this.#target = new Uint16Array(entryCount);
  }

  run(): Uint16Array {
    let position = 0;
    while (position < this.#source.length && !this.#isFull) position = this.#segment(position, false);
    return this.#target.subarray(0, this.#written);
  }

  get #isFull(): boolean {
    return this.#written >= this.#target.length;
  }

  #write(value: number): void {
    if (!this.#isFull) this.#target[this.#written++] = value;
  }

  /** Expands the segment at `position` and returns where the next begins. */
  #segment(position: number, isIndirect: boolean): number {
    const source = this.#source;
    const opcode = source[position];
    const length = source[position + 1] ?? 0;
    if (opcode === 0) {
      for (let index = 0; index < length; index++) this.#write(source[position + 2 + index] ?? 0);
      return position + 2 + length;
    }
    if (opcode === 1) {
      const from = this.#target[this.#written - 1] ?? 0;
      const to = source[position + 2] ?? 0;
      for (let step = 1; step <= length; step++)
        this.#write(Math.round(from + ((to - from) * step) / length));
      return position + 3;
    }
    if (opcode === 2 && !isIndirect) return this.#indirect(position, length);
    return source.length;
  }

  /** The offset counts bytes from the start of the table: four bytes of it in the 8-bit form, else two words. */
  #indirect(position: number, segmentCount: number): number {
    const parts = this.#isEightBit ? [2, 3, 4, 5] : [2, 3];
    const base = this.#isEightBit ? 256 : 65_536;
    const offset = parts.reduceRight((sum, part) => sum * base + (this.#source[position + part] ?? 0), 0);
    let copied = this.#isEightBit ? offset : Math.floor(offset / 2);
    for (let index = 0; index < segmentCount && !this.#isFull; index++) copied = this.#segment(copied, true);
    return position + 2 + parts.length;
  }
}
