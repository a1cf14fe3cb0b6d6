import { rm } from 'node:fs/promises';
import { Problem } from '#shared/domain/problem.ts';
import { problemOfCode } from '#backend/database/storage-problem.ts';
import type { HelperExit, HelperProcess, SpawnHelper } from '#backend/processes/helper-process.ts';
import type {
  AnyResult,
  DirectoryListing,
  IngestReply,
  IngestRequest,
  IngestResult,
  NotStored,
  Refused,
  SampleResult,
  ZipListing,
} from '#backend/processes/ingest-messages.ts';
import type { SampleOptions } from '#backend/processes/phantom/sample-study.ts';

/** A request before it has a number. */
type Work<Request = IngestRequest> = Request extends IngestRequest ? Omit<Request, 'id'> : never;

interface Running {
  readonly id: number;
  readonly onBytes: (bytesDone: number) => void;
  finish(result: AnyResult): void;
}

interface Slot {
  readonly process: HelperProcess;
  running: Running | undefined;
}

/** A helper that gives no sign of life for so long is killed, and its file refused. */
const SILENCE_TIMEOUT_MS = 60_000;
/** Until its first sign: on a busy machine a helper may take long to start, which is no fault of the file. */
const START_TIMEOUT_MS = 10 * 60_000;

/** What a person can do when the archive's own disk could not be written. */
export function notStoredProblem({ systemCode }: NotStored): Problem {
  return new Problem(problemOfCode(systemCode) ?? 'storage-failed', systemCode);
}

/** Feeds files to a few ingest processes and replaces one that hangs or dies. */
export class IngestPool {
  readonly #spawn: SpawnHelper;
  readonly #size: number;
  readonly #silenceTimeoutMs: number;
  readonly #startTimeoutMs: number;
  readonly #slots = new Set<Slot>();
  readonly #idle: Slot[] = [];
  readonly #waiting: ((slot: Slot | undefined) => void)[] = [];
  #nextId = 1;
  #isClosed = false;

  constructor(
    spawn: SpawnHelper,
    size: number,
    silenceTimeoutMs = SILENCE_TIMEOUT_MS,
    startTimeoutMs = START_TIMEOUT_MS,
  ) {
    this.#spawn = spawn;
    this.#size = size;
    this.#silenceTimeoutMs = silenceTimeoutMs;
    this.#startTimeoutMs = startTimeoutMs;
    for (let index = 0; index < size; index++) this.#release(this.#newSlot());
  }

  /**
   * Reads a file and stages its bytes; nothing is left at the staging path of a refused one.
   *
   * @param onBytes told the bytes copied so far, for files that take long
   * @param signal ends the helper at once; what it left is removed, and the result means nothing
   */
  async ingest(
    request: Omit<Extract<IngestRequest, { kind: 'ingest' }>, 'id' | 'kind'>,
    onBytes: (bytesDone: number) => void = () => {},
    signal?: AbortSignal,
  ): Promise<IngestResult> {
    const result = (await this.#run({ kind: 'ingest', ...request }, onBytes, signal)) as IngestResult;
    if (!result.ok) {
      // A helper that was killed could not do it itself.
      await rm(request.stagingPath, { force: true });
      await rm(`${request.stagingPath}.inflated`, { force: true });
    }
    return result;
  }

  async listZip(path: string): Promise<ZipListing> {
    return (await this.#run({ kind: 'list-zip', path })) as ZipListing;
  }

  async readDirectory(path: string): Promise<DirectoryListing> {
    return (await this.#run({ kind: 'read-directory', path })) as DirectoryListing;
  }

  /** Writes the files of the sample study into a folder, to be imported from there. */
  async generateSample(
    directory: string,
    options: SampleOptions,
    onBytes?: (bytesDone: number) => void,
    signal?: AbortSignal,
  ): Promise<SampleResult> {
    return (await this.#run(
      { kind: 'generate-sample', directory, options },
      onBytes,
      signal,
    )) as SampleResult;
  }

  close(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
    for (const slot of this.#slots) this.#replace(slot, 'parse-crashed');
  }

  async #run(
    work: Work,
    onBytes: (bytesDone: number) => void = () => {},
    signal?: AbortSignal,
  ): Promise<AnyResult> {
    const slot = await this.#acquire();
    if (!slot) return { ok: false, code: 'parse-crashed', detail: 'closed' };
    if (signal?.aborted) {
      this.#release(slot);
      return { ok: false, code: 'parse-crashed', detail: 'cancelled' };
    }
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const expire = () => this.#replace(slot, 'parse-timeout');
      let timer = setTimeout(expire, this.#startTimeoutMs);
      const cancel = () => this.#replace(slot, 'parse-crashed');
      signal?.addEventListener('abort', cancel, { once: true });
      slot.running = {
        id,
        onBytes: (bytesDone) => {
          clearTimeout(timer);
          timer = setTimeout(expire, this.#silenceTimeoutMs);
          if (bytesDone > 0) onBytes(bytesDone);
        },
        finish: (result) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', cancel);
          slot.running = undefined;
          resolve(result);
        },
      };
      slot.process.send({ ...work, id } satisfies IngestRequest);
    });
  }

  #newSlot(): Slot {
    const slot: Slot = { process: this.#spawn('ingest'), running: undefined };
    this.#slots.add(slot);
    slot.process.onMessage((message) => {
      const reply = message as IngestReply;
      if (slot.running?.id !== reply.id) return;
      if ('bytesDone' in reply) {
        slot.running.onBytes(reply.bytesDone);
      } else {
        slot.running.finish(reply.result);
        this.#release(slot);
      }
    });
    slot.process.onExit((exit) => this.#replace(slot, codeOf(exit)));
    return slot;
  }

  /** One that dies with nothing to do is replaced too, but only when it is needed again. */
  #replace(slot: Slot, code: Refused['code']): void {
    if (!this.#slots.delete(slot)) return;
    const { running } = slot;
    slot.process.kill();
    const idleAt = this.#idle.indexOf(slot);
    if (idleAt >= 0) this.#idle.splice(idleAt, 1);
    running?.finish({ ok: false, code, detail: 'its process was ended' });
    if (running && !this.#isClosed) this.#release(this.#newSlot());
  }

  /** Undefined once closed. */
  #acquire(): Promise<Slot | undefined> {
    if (this.#isClosed) return Promise.resolve(undefined);
    const slot = this.#idle.pop() ?? (this.#slots.size < this.#size ? this.#newSlot() : undefined);
    if (slot) return Promise.resolve(slot);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#idle.push(slot);
  }
}

/** Watchdog and kernel kill, V8 aborts; Electron reports the number of the signal as the code. */
function codeOf({ code, signal }: HelperExit): Refused['code'] {
  const isMemory = signal === 'SIGKILL' || signal === 'SIGABRT' || [6, 9, 134, 137].includes(code ?? 0);
  return isMemory ? 'parse-memory' : 'parse-crashed';
}
