import type { ByteSource } from '#shared/dicom/byte-source.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import type { Chunks } from './body.ts';

/** More than this is not read only to be passed by. */
const MAXIMUM_SKIPPED_BYTES = 4 * 1024 * 1024;

/**
 * A file seen through a window that moves forward: what has been made sure to be there can be read at once, by
 * the same functions that read headers of files.
 */
export class ByteWindow implements ByteSource {
  readonly byteLength: number;
  readonly #open: (offset: number) => Chunks;
  #iterator: AsyncIterator<Uint8Array> | undefined;
  #bytes: Uint8Array = new Uint8Array();
  #start = 0;

  /** @param open the file's bytes from an offset to its end */
  constructor(open: (offset: number) => Chunks, byteLength: number) {
    this.#open = open;
    this.byteLength = byteLength;
  }

  /** Lets `read` be called for this many bytes from `offset`, fewer if the file ends before. */
  async ensure(offset: number, length: number): Promise<void> {
    const end = Math.min(offset + length, this.byteLength);
    if (!this.#iterator || offset < this.#start || offset > this.#end + MAXIMUM_SKIPPED_BYTES) {
      await this.#iterator?.return?.();
      this.#iterator = toAsync(this.#open(offset));
      this.#bytes = new Uint8Array();
      this.#start = offset;
    }
    while (this.#end < end) {
      const next = await this.#iterator.next();
      if (next.done) throw new Refusal('truncated', `the file ends before ${end}`);
      const kept = this.#bytes.subarray(Math.max(0, offset - this.#start));
      this.#start = this.#end - kept.length;
      this.#bytes = kept.length === 0 ? next.value : concatenated(kept, next.value);
    }
  }

  read(offset: number, length: number): Uint8Array {
    if (offset < this.#start || offset + length > this.#end) {
      throw new Refusal('truncated', `${length} bytes at ${offset} are not there`);
    }
    return this.#bytes.subarray(offset - this.#start, offset - this.#start + length);
  }

  /** Bytes from `offset` on, in pieces as they come, each a multiple of `multiple` long except the last. */
  async *pieces(offset: number, length: number, multiple = 1): AsyncGenerator<Uint8Array> {
    for (let done = 0; done < length;) {
      await this.ensure(offset + done, Math.min(multiple, length - done));
      const available = Math.min(length - done, this.#end - offset - done);
      const whole = available === length - done ? available : available - (available % multiple);
      yield this.read(offset + done, whole);
      done += whole;
    }
  }

  async close(): Promise<void> {
    await this.#iterator?.return?.();
  }

  get #end(): number {
    return this.#start + this.#bytes.length;
  }
}

async function* toAsync(chunks: Chunks): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
