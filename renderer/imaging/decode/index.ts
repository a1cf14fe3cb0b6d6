import type { DecodedFrame, PixelDescription } from '#shared/dicom/pixel-description.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import type { FrameSource, FromWorker, ToWorker } from './messages.ts';

export interface FrameRequest {
  readonly source: FrameSource;
  readonly description: PixelDescription;
  readonly signal?: AbortSignal;
  /** The doctor is waiting for it: fetched and decoded before others, and beside full workers. */
  readonly isUrgent?: boolean;
}

/** Fetches and decodes frames off the page's thread. */
export interface FrameDecoder {
  /** Rejects with `FrameFailure`; aborting rejects at once with code `cancelled`. */
  decode(request: FrameRequest): Promise<DecodedFrame>;
  dispose(): void;
}

export interface FrameDecoderOptions {
  /** One less than the machine has cores, at least 1 and at most 6, unless said otherwise. */
  readonly workers?: number;
  /** For decoding one frame, without fetching it; then its worker is ended and replaced. */
  readonly frameTimeoutMs?: number;
}

const FRAME_TIMEOUT_MS = 30_000;
const MAXIMUM_WORKERS = 6;
/** While a worker decodes one frame, the next ones are being fetched for it. */
const JOBS_PER_WORKER = 4;

export function createFrameDecoder(options: FrameDecoderOptions = {}): FrameDecoder {
  const cores = navigator.hardwareConcurrency || 2;
  return new WorkerPool(
    options.workers ?? Math.min(MAXIMUM_WORKERS, Math.max(1, cores - 1)),
    options.frameTimeoutMs ?? FRAME_TIMEOUT_MS,
  );
}

interface Job {
  readonly id: number;
  readonly request: FrameRequest;
  readonly resolve: (frame: DecodedFrame) => void;
  readonly reject: (failure: FrameFailure) => void;
}

interface Slot {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
  /** Of the frame being decoded. */
  decodingId: number | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

class WorkerPool implements FrameDecoder {
  readonly #size: number;
  readonly #frameTimeoutMs: number;
  readonly #slots: Slot[] = [];
  readonly #waiting: Job[] = [];
  #nextId = 1;
  #isDisposed = false;

  constructor(size: number, frameTimeoutMs: number) {
    this.#size = size;
    this.#frameTimeoutMs = frameTimeoutMs;
  }

  decode(request: FrameRequest): Promise<DecodedFrame> {
    return new Promise((resolve, reject) => {
      const cancelled = () => reject(new FrameFailure('cancelled', 'no longer wanted'));
      if (this.#isDisposed || request.signal?.aborted) {
        cancelled();
        return;
      }
      const job: Job = { id: this.#nextId++, request, resolve, reject };
      const onAbort = () => {
        cancelled();
        this.#cancel(job);
      };
      request.signal?.addEventListener('abort', onAbort, { once: true });
      const settled = () => request.signal?.removeEventListener('abort', onAbort);
      const waiting: Job = {
        ...job,
        resolve: (frame) => (settled(), resolve(frame)),
        reject: (failure) => (settled(), reject(failure)),
      };
      if (request.isUrgent) this.#waiting.unshift(waiting);
      else this.#waiting.push(waiting);
      this.#startWaiting();
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    const gone = new FrameFailure('cancelled', 'the decoder was closed');
    for (const job of this.#waiting.splice(0)) job.reject(gone);
    for (const slot of this.#slots.splice(0)) {
      clearTimeout(slot.timer);
      slot.worker.terminate();
      for (const job of slot.jobs.values()) job.reject(gone);
    }
  }

  #startWaiting(): void {
    while (this.#waiting.length > 0) {
      const slot = this.#leastBusySlot(
        this.#waiting[0]?.request.isUrgent ? JOBS_PER_WORKER * 2 : JOBS_PER_WORKER,
      );
      if (!slot) return;
      const job = this.#waiting.shift();
      if (!job) return;
      slot.jobs.set(job.id, job);
      const { source, description } = job.request;
      send(slot, { type: 'decode', id: job.id, source, description });
    }
  }

  #leastBusySlot(jobsPerWorker: number): Slot | undefined {
    const [first] = this.#slots.toSorted((a, b) => a.jobs.size - b.jobs.size);
    if (first && first.jobs.size === 0) return first;
    if (this.#slots.length < this.#size) return this.#newSlot();
    return first && first.jobs.size < jobsPerWorker ? first : undefined;
  }

  #newSlot(): Slot {
    const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), {
      type: 'module',
      name: 'frame-decoder',
    });
    const slot: Slot = { worker, jobs: new Map(), decodingId: undefined, timer: undefined };
    worker.addEventListener('message', (event: MessageEvent<FromWorker>) => this.#receive(slot, event.data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#replace(slot, new FrameFailure('crashed', event.message || 'the decoder stopped'));
    });
    this.#slots.push(slot);
    return slot;
  }

  #receive(slot: Slot, message: FromWorker): void {
    if (message.type === 'decoding') {
      this.#watch(slot, message.id);
      return;
    }
    if (slot.decodingId === message.id) {
      clearTimeout(slot.timer);
      slot.decodingId = undefined;
    }
    const job = slot.jobs.get(message.id);
    slot.jobs.delete(message.id);
    if (message.type === 'decoded') job?.resolve(message.frame);
    else job?.reject(new FrameFailure(message.code, message.detail));
    this.#startWaiting();
  }

  #watch(slot: Slot, id: number): void {
    clearTimeout(slot.timer);
    slot.decodingId = id;
    slot.timer = setTimeout(() => {
      this.#replace(slot, new FrameFailure('timeout', `not decoded after ${this.#frameTimeoutMs} ms`));
    }, this.#frameTimeoutMs);
  }

  /** The frame that was being decoded fails; others of the same worker are started again. */
  #replace(slot: Slot, failure: FrameFailure): void {
    const index = this.#slots.indexOf(slot);
    if (index < 0) return;
    this.#slots.splice(index, 1);
    clearTimeout(slot.timer);
    slot.worker.terminate();
    const guilty = slot.decodingId ?? slot.jobs.keys().next().value;
    for (const job of slot.jobs.values()) {
      if (job.id === guilty) job.reject(failure);
      else this.#waiting.unshift(job);
    }
    this.#startWaiting();
  }

  #cancel({ id }: Job): void {
    const waiting = this.#waiting.findIndex((job) => job.id === id);
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    for (const slot of this.#slots) {
      if (slot.jobs.has(id)) send(slot, { type: 'cancel', id });
    }
  }
}

function send(slot: Slot, message: ToWorker): void {
  slot.worker.postMessage(message, []);
}
