import type { ByteSource } from './byte-source.ts';
import { ITEM, SEQUENCE_DELIMITER, readTag, uint32 } from './element-header.ts';
import { limits } from './limits.ts';
import { Refusal } from '../domain/refusal.ts';

export interface Fragment {
  /** Of the fragment's first data byte in the file. */
  readonly fileOffset: number;
  readonly byteLength: number;
}

/**
 * The pieces of an encapsulated value, PS3.5 section A.4: Basic Offset Table item, fragment items,
 * sequence delimiter.
 *
 * @param start of the first item
 * @throws Refusal
 */
export function readFragments(source: ByteSource, start: number, littleEndian: boolean) {
  const fragments: Fragment[] = [];
  let basicOffsetTable: number[] | undefined;
  let position = start;
  for (;;) {
    if (source.byteLength - position < 8) {
      throw new Refusal('truncated', `fragments without delimiter at ${start}`);
    }
    const bytes = source.read(position, 8);
    const tag = readTag(bytes, littleEndian);
    const byteLength = uint32(bytes, 4, littleEndian);
    position += 8;
    if (tag === SEQUENCE_DELIMITER) break;
    if (tag !== ITEM)
      throw new Refusal('malformed', `${tag.slice(1)} among the fragments at ${position - 8}`);
    if (position + byteLength > source.byteLength) {
      throw new Refusal('truncated', `fragment at ${position - 8} ends after the file`);
    }
    if (basicOffsetTable === undefined) {
      basicOffsetTable = readOffsetTable(source, position, byteLength, littleEndian);
    } else {
      fragments.push({ fileOffset: position, byteLength });
      if (fragments.length > limits.fragments) {
        throw new Refusal('too-many-frames', `more than ${limits.fragments} fragments`);
      }
    }
    position += byteLength;
  }
  return { byteLength: position - start, fragments, basicOffsetTable: basicOffsetTable ?? [] };
}

function readOffsetTable(source: ByteSource, position: number, byteLength: number, littleEndian: boolean) {
  if (byteLength > limits.frames * 4) throw new Refusal('too-many-frames', 'Basic Offset Table too long');
  const bytes = source.read(position, byteLength);
  return Array.from({ length: Math.floor(byteLength / 4) }, (_, index) =>
    uint32(bytes, index * 4, littleEndian),
  );
}
