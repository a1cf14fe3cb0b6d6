import { BULK_CHUNK_BYTES } from '#shared/link/bulk-frame.ts';
import type { BulkFrame, StopReason } from '#shared/link/bulk-frame.ts';
import type { BulkPace } from './bulk-pace.ts';

/** What a transfer needs of the connection it goes over. */
export interface BulkWire {
  send(frame: BulkFrame): void;
  /** Resolves when more may be sent; rejects when the connection ends. */
  room(): Promise<void>;
  /** Aborted when the connection ends. */
  readonly over: AbortSignal;
}

/** Why a file did not get there; the connection's end is none: it goes on over the next one. */
export class TransferStopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`stopped: ${reason}`);
    this.reason = reason;
  }
}

/** Sent and not yet stored at the other end: more would only fill its page's memory. */
const MAXIMUM_UNSTORED_BYTES = 16 * 1024 * 1024;
const PROGRESS_INTERVAL_MS = 100;

/** One file on its way out, over as many connections as it takes. */
export class OutgoingTransfer {
  readonly transferId: string;
  readonly done: Promise<void>;
  readonly #sizeBytes: number;
  readonly #pace: BulkPace;
  readonly #onProgress: (sentBytes: number) => void;
  readonly #end = Promise.withResolvers<void>();
  readonly #cancel = new AbortController();
  #wire: BulkWire | undefined;
  /** Bytes that the other end has stored; undefined until it says so over this connection. */
  #stored = Promise.withResolvers<number>();
  #storedBytes = 0;
  #onStored: (() => void) | undefined;
  #toldAtMs = 0;

  constructor(
    transferId: string,
    sizeBytes: number,
    pace: BulkPace,
    onProgress: (sentBytes: number) => void,
  ) {
    this.transferId = transferId;
    this.#sizeBytes = sizeBytes;
    this.#pace = pace;
    this.#onProgress = onProgress;
    this.done = this.#end.promise;
    this.done.catch(() => {});
  }

  /** Begins, or goes on from what the other end has. */
  start(wire: BulkWire): void {
    this.#wire = wire;
    this.#stored = Promise.withResolvers<number>();
    this.#run(wire).catch((error: unknown) => {
      // The connection's end: it goes on over the next one.
      if (wire.over.aborted) return;
      wire.send({ kind: 'stop', transferId: this.transferId, reason: 'unavailable' });
      this.#fail(error instanceof TransferStopped ? error.reason : 'unavailable');
    });
  }

  take(frame: BulkFrame): void {
    if (frame.kind === 'have') {
      this.#storedBytes = frame.offset;
      this.#stored.resolve(frame.offset);
      this.#onStored?.();
    } else if (frame.kind === 'done') {
      this.#onProgress(this.#sizeBytes);
      this.#cancel.abort();
      this.#end.resolve();
    } else if (frame.kind === 'stop') {
      this.#fail(frame.reason);
    }
  }

  cancel(): void {
    this.#wire?.send({ kind: 'stop', transferId: this.transferId, reason: 'cancelled' });
    this.#fail('cancelled');
  }

  #fail(reason: StopReason): void {
    this.#cancel.abort();
    this.#end.reject(new TransferStopped(reason));
  }

  async #run(wire: BulkWire): Promise<void> {
    const { transferId } = this;
    const signal = AbortSignal.any([wire.over, this.#cancel.signal]);
    const head = await fetch(`/link/outgoing/${transferId}`, { method: 'HEAD', signal });
    const sha256 = sha256Of(head.headers.get('repr-digest'));
    if (!head.ok || !sha256) throw new TransferStopped('unavailable');
    wire.send({ kind: 'begin', transferId, sizeBytes: this.#sizeBytes, sha256 });
    const offset = await unlessAborted(this.#stored.promise, signal);
    if (offset >= this.#sizeBytes) return;
    const answer = await fetch(`/link/outgoing/${transferId}`, {
      headers: { Range: `bytes=${offset}-` },
      signal,
    });
    if (!answer.ok || !answer.body) throw new TransferStopped('unavailable');
    await this.#sendAll(wire, answer.body, offset, signal);
  }

  async #sendAll(
    wire: BulkWire,
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    from: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { transferId } = this;
    let offset = from;
    const reader = body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      for (let at = 0; at < value.length; at += BULK_CHUNK_BYTES) {
        const bytes = value.subarray(at, at + BULK_CHUNK_BYTES);
        await this.#pace.before(bytes.length);
        await wire.room();
        while (offset - this.#storedBytes > MAXIMUM_UNSTORED_BYTES) {
          await unlessAborted(new Promise<void>((resolve) => (this.#onStored = resolve)), signal);
        }
        signal.throwIfAborted();
        wire.send({ kind: 'data', transferId, offset, bytes });
        offset += bytes.length;
        this.#tell(offset);
      }
    }
  }

  #tell(offset: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#toldAtMs < PROGRESS_INTERVAL_MS || offset >= this.#sizeBytes) return;
    this.#toldAtMs = nowMs;
    this.#onProgress(offset);
  }
}

/** RFC 9530: `sha-256=:…:`. */
function sha256Of(digest: string | null): Uint8Array | undefined {
  const text = /^sha-256=:([\w+/]{43}=):$/.exec(digest ?? '')?.[1];
  return text === undefined ? undefined : Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
