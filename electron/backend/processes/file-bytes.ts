import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { createWindowedSource } from '#shared/dicom/byte-source.ts';
import type { ByteSource } from '#shared/dicom/byte-source.ts';
import { Refusal } from '#shared/domain/refusal.ts';

export interface OpenFile {
  readonly handle: number;
  readonly byteLength: number;
  close(): void;
}

const CHUNK_BYTES = 1024 * 1024;

/** Never waits for the other end of a pipe, and takes nothing but files. */
export function openRegularFile(path: string): OpenFile {
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const info = fstatSync(handle);
  const close = () => closeSync(handle);
  if (info.isFile()) return { handle, byteLength: info.size, close };
  close();
  throw new Refusal('not-a-file', 'a folder, device or pipe');
}

/** Fills as much of the target as the file has. */
export function readAt({ handle }: OpenFile, offset: number, target: Uint8Array): number {
  let total = 0;
  while (total < target.byteLength) {
    const count = readSync(handle, target, total, target.byteLength - total, offset + total);
    if (count === 0) break;
    total += count;
  }
  return total;
}

export function fileSource(file: OpenFile): ByteSource {
  return createWindowedSource(file.byteLength, (offset, target) => readAt(file, offset, target));
}

/**
 * The whole file, at the start of `target`, which has to be large enough.
 *
 * @throws Refusal `truncated` if the file has become shorter than it was
 */
export function readWhole(file: OpenFile, target: Uint8Array): Uint8Array {
  const bytes = target.subarray(0, file.byteLength);
  if (readAt(file, 0, bytes) < file.byteLength) {
    throw new Refusal('truncated', 'the file became shorter while it was read');
  }
  return bytes;
}

/**
 * The bytes from `start` up to `end`; each chunk is valid until the next is asked for.
 *
 * @throws Refusal `truncated` if the file has become shorter than it was
 */
export function* readChunks(file: OpenFile, start = 0, end = file.byteLength): Generator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - start));
  for (let offset = start; offset < end;) {
    const length = readAt(file, offset, chunk.subarray(0, Math.min(CHUNK_BYTES, end - offset)));
    if (length === 0) throw new Refusal('truncated', 'the file became shorter while it was read');
    yield chunk.subarray(0, length);
    offset += length;
  }
}
