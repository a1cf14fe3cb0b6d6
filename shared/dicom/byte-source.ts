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

/**
 * Reads ahead in windows, so that walking over thousands of small elements does not ask the file
 * system for each of them. `readAt` fills as much of the target as the file has.
 */
export function createWindowedSource(
  byteLength: number,
  readAt: (offset: number, target: Uint8Array) => number,
  windowBytes = 256 * 1024,
): ByteSource {
  const window = new Uint8Array(windowBytes);
  let windowOffset = 0;
  let windowLength = 0;
  return {
    byteLength,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > byteLength) {
        throw new Refusal('truncated', `${length} bytes at ${offset} of ${byteLength}`);
      }
      if (offset >= windowOffset && offset + length <= windowOffset + windowLength) {
        return window.subarray(offset - windowOffset, offset - windowOffset + length);
      }
      if (length > windowBytes) {
        const bytes = new Uint8Array(length);
        if (readAt(offset, bytes) < length) throw new Refusal('truncated', `file shrank at ${offset}`);
        return bytes;
      }
      windowOffset = offset;
      windowLength = readAt(offset, window);
      if (windowLength < length) throw new Refusal('truncated', `file shrank at ${offset}`);
      return window.subarray(0, length);
    },
  };
}
