import { MAXIMUM_TRANSFER_BYTES } from '#shared/link/bulk-frame.ts';
import type { BulkFrame, StopReason } from '#shared/link/bulk-frame.ts';
import { toBase64 } from './base64.ts';
import type { BulkWire } from './bulk-sender.ts';

type Begin = Extract<BulkFrame, { kind: 'begin' }>;

/** Stored in pieces of about this size: Chromium streams no request body over HTTP/1.1. */
const PART_BYTES = 2 * 1024 * 1024;

/** One file on its way in, over one connection. */
export class IncomingTransfer {
  readonly #begin: Begin;
  readonly #wire: BulkWire;
  readonly #onProgress: (receivedBytes: number) => void;
  readonly #onEnd: () => void;
  #part: Uint8Array<ArrayBuffer>[] = [];
  #partBytes = 0;
  /** Bytes received in order; undefined until the store has said where to go on. */
  #offset: number | undefined;
  #stored = 0;
  #storing: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(begin: Begin, wire: BulkWire, onProgress: (receivedBytes: number) => void, onEnd: () => void) {
    this.#begin = begin;
    this.#wire = wire;
    this.#onProgress = onProgress;
    this.#onEnd = onEnd;
  }

  /** Asks the store what it has, and the sender for the rest. */
  start(): void {
    this.#guard(this.#ask());
  }

  /** A piece of the file, or the sender's word that it ends. */
  take(frame: BulkFrame): void {
    if (this.#isOver) return;
    if (frame.kind === 'stop') {
      this.#finish();
      if (frame.reason === 'cancelled') void fetch(this.#url, { method: 'DELETE' }).catch(() => {});
      return;
    }
    if (frame.kind !== 'data') return;
    const end = frame.offset + frame.bytes.length;
    if (frame.offset !== this.#offset || end > this.#begin.sizeBytes) {
      this.#stop('out-of-order');
      return;
    }
    this.#offset = end;
    this.#part.push(frame.bytes);
    this.#partBytes += frame.bytes.length;
    if (this.#partBytes >= PART_BYTES || end === this.#begin.sizeBytes) this.#storePart();
  }

  get #url(): string {
    return `/link/incoming/${this.#begin.transferId}`;
  }

  async #ask(): Promise<void> {
    const { transferId, sizeBytes } = this.#begin;
    if (sizeBytes > MAXIMUM_TRANSFER_BYTES) {
      this.#stop('too-large');
      return;
    }
    const answer = await fetch(this.#url, { signal: this.#wire.over });
    if (!answer.ok) throw new Error(`${answer.status}`);
    if (answer.headers.get('upload-complete') === '?1') {
      this.#succeed();
      return;
    }
    this.#stored = Number(answer.headers.get('upload-offset'));
    this.#offset = this.#stored;
    this.#wire.send({ kind: 'have', transferId, offset: this.#stored });
    if (sizeBytes === 0) this.#storePart();
  }

  /** One part after the other. */
  #storePart(): void {
    const body = new Blob(this.#part);
    this.#part = [];
    this.#partBytes = 0;
    this.#storing = this.#storing.then(() => this.#put(body));
    this.#guard(this.#storing);
  }

  async #put(body: Blob): Promise<void> {
    if (this.#isOver) return;
    const { transferId, sizeBytes, sha256 } = this.#begin;
    const end = this.#stored + body.size;
    const range = body.size === 0 ? '*' : `${this.#stored}-${end - 1}`;
    const answer = await fetch(this.#url, {
      method: 'PUT',
      body,
      signal: this.#wire.over,
      headers: {
        'Content-Range': `bytes ${range}/${sizeBytes}`,
        'Repr-Digest': `sha-256=:${toBase64(sha256)}:`,
      },
    });
    if (answer.status === 413) this.#stop('too-large');
    else if (answer.status === 422) this.#stop('not-verified');
    else if (!answer.ok) this.#stop('unavailable');
    else if (answer.status === 201) this.#succeed();
    else {
      this.#stored = end;
      this.#onProgress(end);
      this.#wire.send({ kind: 'have', transferId, offset: end });
    }
  }

  #succeed(): void {
    this.#onProgress(this.#begin.sizeBytes);
    this.#wire.send({ kind: 'done', transferId: this.#begin.transferId });
    this.#finish();
  }

  #stop(reason: StopReason): void {
    if (this.#isOver) return;
    this.#wire.send({ kind: 'stop', transferId: this.#begin.transferId, reason });
    this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    this.#part = [];
    this.#onEnd();
  }

  /** The store cannot be reached: the sender hears of it, unless the connection is gone anyway. */
  #guard(work: Promise<void>): void {
    work.catch(() => {
      if (!this.#wire.over.aborted) this.#stop('unavailable');
    });
  }
}
