import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import type { CodecReply, CodecRequest, CodecResult, CodecTask } from './codec-messages.ts';
import type { HelperProcess, SpawnHelper } from './helper-process.ts';

/** The rest of the backend's view of the codec processes. */
export interface Codec {
  /** @throws FrameFailure; `cancelled` as soon as the signal aborts */
  run(task: CodecTask, signal?: AbortSignal): Promise<CodecResult>;
}

/** A frame may take this long before its process is killed. */
const FRAME_TIMEOUT_MS = 60_000;
/** Nobody waits for an abandoned frame; a process still busy with it after this is not worth keeping. */
const ABANDONED_TIMEOUT_MS = 1_000;
/** Unused processes go, because their memory is better used by others. */
const IDLE_MS = 60_000;

interface Job {
  readonly task: CodecTask;
  readonly resolve: (result: CodecResult) => void;
  readonly reject: (failure: FrameFailure) => void;
}

interface Slot {
  readonly process: HelperProcess;
  running: { readonly id: number; readonly job: Job } | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Feeds frames to a few codec processes, started when needed, and replaces one that hangs or dies. */
export class CodecPool implements Codec {
  readonly #spawn: SpawnHelper;
  readonly #size: number;
  readonly #slots = new Set<Slot>();
  readonly #waiting: Job[] = [];
  #nextId = 1;
  #isClosed = false;

  constructor(spawn: SpawnHelper, size: number) {
    this.#spawn = spawn;
    this.#size = size;
  }

  run(task: CodecTask, signal?: AbortSignal): Promise<CodecResult> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || signal?.aborted) {
        reject(new FrameFailure('cancelled', 'no longer wanted'));
        return;
      }
      const job: Job = {
        task,
        resolve: (result) => (settle(), resolve(result)),
        reject: (failure) => (settle(), reject(failure)),
      };
      const onAbort = () => this.#abandon(job);
      const settle = () => signal?.removeEventListener('abort', onAbort);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(job);
      this.#startWaiting();
    });
  }

  close(): void {
    this.#isClosed = true;
    const gone = new FrameFailure('cancelled', 'the workstation is closing');
    for (const job of this.#waiting.splice(0)) job.reject(gone);
    for (const slot of this.#slots) this.#end(slot, gone);
  }

  #startWaiting(): void {
    while (this.#waiting.length > 0) {
      const slot = this.#idleSlot();
      const job = slot && this.#waiting.shift();
      if (!slot || !job) return;
      const id = this.#nextId++;
      slot.running = { id, job };
      this.#limit(
        slot,
        FRAME_TIMEOUT_MS,
        new FrameFailure('timeout', `not decoded after ${FRAME_TIMEOUT_MS} ms`),
      );
      slot.process.send({ ...job.task, id } satisfies CodecRequest);
    }
  }

  #idleSlot(): Slot | undefined {
    for (const slot of this.#slots) if (!slot.running) return slot;
    return this.#slots.size < this.#size ? this.#newSlot() : undefined;
  }

  #newSlot(): Slot {
    const slot: Slot = { process: this.#spawn('codec'), running: undefined, timer: undefined };
    this.#slots.add(slot);
    slot.process.onMessage((message) => this.#receive(slot, message as CodecReply));
    slot.process.onExit(() => this.#end(slot, new FrameFailure('crashed', 'the decoding process ended')));
    return slot;
  }

  #receive(slot: Slot, reply: CodecReply): void {
    if (slot.running?.id !== reply.id) return;
    const { job } = slot.running;
    slot.running = undefined;
    if (reply.isExhausted) this.#end(slot);
    else this.#limit(slot, IDLE_MS);
    if (reply.ok) job.resolve(reply.result);
    else job.reject(new FrameFailure(reply.code, reply.detail));
    this.#startWaiting();
  }

  #limit(slot: Slot, milliseconds: number, failure?: FrameFailure): void {
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => this.#end(slot, failure), milliseconds);
    slot.timer.unref();
  }

  #abandon(job: Job): void {
    job.reject(new FrameFailure('cancelled', 'no longer wanted'));
    const position = this.#waiting.indexOf(job);
    if (position >= 0) this.#waiting.splice(position, 1);
    for (const slot of this.#slots) if (slot.running?.job === job) this.#limit(slot, ABANDONED_TIMEOUT_MS);
  }

  #end(slot: Slot, failure?: FrameFailure): void {
    if (!this.#slots.delete(slot)) return;
    clearTimeout(slot.timer);
    slot.process.kill();
    if (failure) slot.running?.job.reject(failure);
    if (!this.#isClosed) this.#startWaiting();
  }
}
