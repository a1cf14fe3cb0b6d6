import { closeSync, fdatasyncSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { SEALED_BLOCK_BYTES } from './keys.ts';
import type { KeyProvider } from './keys.ts';

const BLOCKS_PER_READ = 16;

/** Length on disk of a file of so many plain bytes. */
export function sealedLength(plainLength: number, keys: KeyProvider): number {
  return plainLength + Math.ceil(plainLength / SEALED_BLOCK_BYTES) * keys.overheadBytes;
}

/** Writes a new file through the key provider, from beginning to end. */
export class SealedFileWriter {
  readonly #file: number;
  readonly #keys: KeyProvider;
  readonly #block = Buffer.allocUnsafe(SEALED_BLOCK_BYTES);
  #blockLength = 0;
  #blockIndex = 0;

  /** @throws if the file exists */
  constructor(path: string, keys: KeyProvider) {
    this.#file = openSync(path, 'wx', 0o600);
    this.#keys = keys;
  }

  write(bytes: Uint8Array): void {
    // What is stored as it is needs no blocks.
    if (this.#keys.overheadBytes === 0) {
      writeFully(this.#file, this.#keys.seal(bytes, this.#blockIndex++));
      return;
    }
    for (let offset = 0; offset < bytes.length;) {
      const length = Math.min(SEALED_BLOCK_BYTES - this.#blockLength, bytes.length - offset);
      this.#block.set(bytes.subarray(offset, offset + length), this.#blockLength);
      this.#blockLength += length;
      offset += length;
      if (this.#blockLength === SEALED_BLOCK_BYTES) this.flush();
    }
  }

  /** Sends what was written so far to the disk, so that `sync` has little left to wait for. */
  syncSoFar(): void {
    fdatasyncSync(this.#file);
  }

  /** Returns when the bytes would survive power loss; the file's name does not before its folder is synced. */
  sync(): void {
    this.flush();
    fsyncSync(this.#file);
  }

  /** Writes the last block, which may be short: nothing can be written after it. */
  flush(): void {
    if (this.#blockLength === 0) return;
    writeFully(this.#file, this.#keys.seal(this.#block.subarray(0, this.#blockLength), this.#blockIndex++));
    this.#blockLength = 0;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length;) offset += writeSync(file, bytes, offset);
}

/** Reads a sealed file piece by piece without leaving the thread, for helper processes. */
export class SealedFileReader {
  readonly #file: number;
  readonly #keys: KeyProvider;

  constructor(path: string, keys: KeyProvider) {
    this.#file = openSync(path, 'r');
    this.#keys = keys;
  }

  /** Fills as much of the target as the file has. Returns how much that is. */
  readAt(offset: number, target: Uint8Array): number {
    const { overheadBytes } = this.#keys;
    if (overheadBytes === 0) return readSyncUpTo(this.#file, offset, target);
    const sealed = Buffer.allocUnsafe(SEALED_BLOCK_BYTES + overheadBytes);
    let done = 0;
    while (done < target.length) {
      const index = Math.floor((offset + done) / SEALED_BLOCK_BYTES);
      const length = readSyncUpTo(this.#file, index * sealed.length, sealed);
      if (length === 0) break;
      const start = offset + done - index * SEALED_BLOCK_BYTES;
      const part = this.#keys
        .open(sealed.subarray(0, length), index)
        .subarray(start, start + target.length - done);
      if (part.length === 0) break;
      target.set(part, done);
      done += part.length;
    }
    return done;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function readSyncUpTo(file: number, offset: number, target: Uint8Array): number {
  let total = 0;
  while (total < target.length) {
    const count = readSync(file, target, total, target.length - total, offset + total);
    if (count === 0) break;
    total += count;
  }
  return total;
}

/**
 * Reads part of a sealed file.
 *
 * @throws RangeError if the file is shorter than that
 */
export async function readSealed(
  path: string,
  keys: KeyProvider,
  offset: number,
  byteLength: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path, 'r');
  try {
    if (keys.overheadBytes === 0) {
      return keys.open(await readFully(file, offset, byteLength), 0) as Uint8Array<ArrayBuffer>;
    }
    const plain = Buffer.allocUnsafe(byteLength);
    const sealedBlockBytes = SEALED_BLOCK_BYTES + keys.overheadBytes;
    for (let index = Math.floor(offset / SEALED_BLOCK_BYTES), done = 0; done < byteLength; index++) {
      const sealed = await readUpTo(file, index * sealedBlockBytes, sealedBlockBytes);
      const start = offset + done - index * SEALED_BLOCK_BYTES;
      const part = keys.open(sealed, index).subarray(start, start + byteLength - done);
      if (part.length === 0) throw new RangeError('the file is shorter than its index says');
      plain.set(part, done);
      done += part.length;
    }
    return plain;
  } finally {
    await file.close();
  }
}

/** The whole file, piece by piece. */
export async function* sealedChunks(path: string, keys: KeyProvider): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  const sealedBlockBytes = SEALED_BLOCK_BYTES + keys.overheadBytes;
  try {
    // Many blocks at a time: each read is a trip to another thread.
    for (let index = 0; ; index += BLOCKS_PER_READ) {
      const bytes = await readUpTo(file, index * sealedBlockBytes, BLOCKS_PER_READ * sealedBlockBytes);
      for (let at = 0; at < bytes.length; at += sealedBlockBytes) {
        yield keys.open(bytes.subarray(at, at + sealedBlockBytes), index + at / sealedBlockBytes);
      }
      if (bytes.length < BLOCKS_PER_READ * sealedBlockBytes) return;
    }
  } finally {
    await file.close();
  }
}

async function readFully(file: FileHandle, offset: number, byteLength: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = await readUpTo(file, offset, byteLength);
  if (bytes.length < byteLength) throw new RangeError('the file is shorter than its index says');
  return bytes;
}

async function readUpTo(file: FileHandle, offset: number, byteLength: number): Promise<Buffer<ArrayBuffer>> {
  const target = Buffer.allocUnsafe(byteLength);
  let total = 0;
  while (total < byteLength) {
    const { bytesRead } = await file.read(target, total, byteLength - total, offset + total);
    if (bytesRead === 0) break;
    total += bytesRead;
  }
  return target.subarray(0, total);
}
