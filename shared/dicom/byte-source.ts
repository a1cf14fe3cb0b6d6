import { Refusal } from '../domain/refusal.ts';

/** Random access to the bytes of one file without holding them all. */
export interface ByteSource {
  readonly byteLength: number;
  /** Exactly `length` bytes from `offset`; the view is valid until the next read. */
  read(offset: number, length: number): Uint8Array;
}

export function createMemorySource(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.byteLength) {
        throw new Refusal('truncated', `${length} bytes at ${offset} of ${bytes.byteLength}`);
      }
      return bytes.subarray(offset, offset + length);
    },
  };
}

const LARGEST_WINDOW_BYTES = 256 * 1024;
const SMALLEST_WINDOW_BYTES = 4 * 1024;

/**
 * Reads ahead in windows, so that walking over thousands of small elements does not ask the file
 * system for each of them. Windows grow while reading goes straight on and start small after a jump,
 * so that stepping over the frames of a large file does not read them. `readAt` fills as much of the
 * target as the file has.
 */
export function createWindowedSource(
  byteLength: number,
  readAt: (offset: number, target: Uint8Array) => number,
): ByteSource {
  const window = new Uint8Array(LARGEST_WINDOW_BYTES);
  let windowOffset = 0;
  let windowLength = 0;
  let nextWindowBytes = SMALLEST_WINDOW_BYTES;
  return {
    byteLength,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > byteLength) {
        throw new Refusal('truncated', `${length} bytes at ${offset} of ${byteLength}`);
      }
      const windowEnd = windowOffset + windowLength;
      if (offset >= windowOffset && offset + length <= windowEnd) {
        return window.subarray(offset - windowOffset, offset - windowOffset + length);
      }
      if (length > LARGEST_WINDOW_BYTES) {
        const bytes = new Uint8Array(length);
        if (readAt(offset, bytes) < length) throw new Refusal('truncated', `file shrank at ${offset}`);
        return bytes;
      }
      const goesOn = offset >= windowOffset && offset <= windowEnd + SMALLEST_WINDOW_BYTES;
      nextWindowBytes = goesOn ? Math.min(LARGEST_WINDOW_BYTES, nextWindowBytes * 4) : SMALLEST_WINDOW_BYTES;
      windowOffset = offset;
      windowLength = readAt(offset, window.subarray(0, Math.max(length, nextWindowBytes)));
      if (windowLength < length) throw new Refusal('truncated', `file shrank at ${offset}`);
      return window.subarray(0, length);
    },
  };
}
