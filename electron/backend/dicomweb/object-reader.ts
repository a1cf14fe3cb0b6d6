import { inflateDataSet } from '../processes/inflated-data-set.ts';
import type { WebInstance } from '#shared/domain/instance-search.ts';
import { knownTransferSyntax } from '#shared/dicom/transfer-syntax.ts';
import type { ArchiveSource } from './archive-source.ts';
import { HttpFailure } from './http-failure.ts';

const CHUNK_BYTES = 1024 * 1024;
/** Inflated data sets up to this size are kept for the next frame of the same instance. */
const MAXIMUM_KEPT_BYTES = 64 * 1024 * 1024;

/** Reads archived files by what offsets mean in their transfer syntax. */
export class ObjectReader {
  readonly #archive: ArchiveSource;
  #inflated: { readonly sha256: string; readonly bytes: Promise<Uint8Array | undefined> } | undefined;

  constructor(archive: ArchiveSource) {
    this.#archive = archive;
  }

  /** Part of the file as it is. */
  async *file(instance: WebInstance, offset: number, byteLength: number): AsyncGenerator<Uint8Array> {
    requireHere(instance);
    for (let done = 0; done < byteLength;) {
      const length = Math.min(CHUNK_BYTES, byteLength - done);
      yield await this.#archive.readObject(instance.fileSha256, offset + done, length);
      done += length;
    }
  }

  /** The data set after inflating, if its transfer syntax asks for it. */
  async *dataSet(instance: WebInstance): AsyncGenerator<Uint8Array> {
    const { dataSetOffset, byteLength } = instance;
    const bytes = this.file(instance, dataSetOffset, byteLength - dataSetOffset);
    yield* isDeflated(instance) ? inflateDataSet(bytes) : bytes;
  }

  /** Part of a value, at an offset the metadata or the frame index gives. */
  async read(instance: WebInstance, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    requireHere(instance);
    if (!isDeflated(instance)) return this.#archive.readObject(instance.fileSha256, offset, byteLength);
    const whole = await this.#inflatedDataSet(instance);
    if (whole) return Uint8Array.from(whole.subarray(offset, offset + byteLength));
    return this.#readInflated(instance, offset, byteLength);
  }

  /** The same in pieces, for values of any size. */
  async *chunks(instance: WebInstance, offset: number, byteLength: number): AsyncGenerator<Uint8Array> {
    if (!isDeflated(instance)) {
      yield* this.file(instance, offset, byteLength);
      return;
    }
    let position = 0;
    for await (const chunk of this.dataSet(instance)) {
      const start = Math.max(0, offset - position);
      const end = Math.min(chunk.length, offset + byteLength - position);
      if (end > start) yield chunk.subarray(start, end);
      position += chunk.length;
      if (position >= offset + byteLength) return;
    }
  }

  async #readInflated(
    instance: WebInstance,
    offset: number,
    byteLength: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const target = new Uint8Array(byteLength);
    let length = 0;
    for await (const chunk of this.chunks(instance, offset, byteLength)) {
      target.set(chunk, length);
      length += chunk.length;
    }
    if (length < byteLength) throw new Error('the data set is shorter than its index says');
    return target;
  }

  #inflatedDataSet(instance: WebInstance): Promise<Uint8Array | undefined> {
    if (this.#inflated?.sha256 === instance.fileSha256) return this.#inflated.bytes;
    const bytes = this.#collect(instance);
    const kept = { sha256: instance.fileSha256, bytes };
    this.#inflated = kept;
    bytes.catch(() => {
      if (this.#inflated === kept) this.#inflated = undefined;
    });
    return bytes;
  }

  async #collect(instance: WebInstance): Promise<Uint8Array | undefined> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.dataSet(instance)) {
      chunks.push(Uint8Array.from(chunk));
      length += chunk.length;
      if (length > MAXIMUM_KEPT_BYTES) return undefined;
    }
    return Buffer.concat(chunks);
  }
}

export function isDeflated({ transferSyntaxUid }: WebInstance): boolean {
  return knownTransferSyntax(transferSyntaxUid)?.deflated === true;
}

function requireHere({ isEvicted }: WebInstance): void {
  if (isEvicted)
    throw new HttpFailure(410, 'The images were moved to another place; only their description is here.');
}
