import { Problem } from '#shared/domain/problem.ts';
import { problemOfCode } from '#backend/database/storage-problem.ts';
import type {
  CareReply,
  CareRequest,
  CareResult,
  CareWork,
  CopyOutcome,
} from '#backend/processes/care-messages.ts';
import type { HelperProcess, SpawnHelper } from '#backend/processes/helper-process.ts';

/** One care process for one long piece of work; ended with it. */
export class CareHelper {
  readonly #process: HelperProcess;
  readonly #waiting = new Map<number, (result: CareResult) => void>();
  #nextId = 1;
  #hasEnded = false;

  /** @param signal ends the process at once; whatever is waited for fails then */
  constructor(spawn: SpawnHelper, signal: AbortSignal) {
    this.#process = spawn('care');
    this.#process.onMessage((message) => {
      const { id, ...result } = message as CareReply;
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    });
    this.#process.onExit(() => this.#end());
    signal.addEventListener('abort', () => this.close(), { once: true });
    if (signal.aborted) this.close();
  }

  /** Undefined if there is no such file. */
  async hash(path: string): Promise<string | undefined> {
    const result = await this.#ask({ kind: 'hash', path });
    if (!result.ok && result.code === 'ENOENT') return undefined;
    return valueOf(result) as string;
  }

  async copy(from: string, to: string, sha256: string): Promise<CopyOutcome> {
    return valueOf(await this.#ask({ kind: 'copy', from, to, sha256 })) as CopyOutcome;
  }

  /** What is wrong with a database; nothing if it is intact. */
  async checkDatabase(file: string): Promise<readonly string[]> {
    const result = await this.#ask({ kind: 'check-database', file });
    const isDamaged = !result.ok && problemOfCode(result.code) === 'database-damaged';
    return isDamaged ? [result.detail] : (valueOf(result) as readonly string[]);
  }

  close(): void {
    this.#end();
    this.#process.kill();
  }

  #ask(work: CareWork): Promise<CareResult> {
    if (this.#hasEnded) return Promise.resolve(ENDED);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#process.send({ ...work, id } satisfies CareRequest);
    });
  }

  #end(): void {
    this.#hasEnded = true;
    for (const finish of this.#waiting.values()) finish(ENDED);
    this.#waiting.clear();
  }
}

const ENDED: CareResult = { ok: false, code: 'helper-ended', detail: 'the care process ended' };

function valueOf(result: CareResult): unknown {
  if (result.ok) return result.value;
  throw new Problem(problemOfCode(result.code) ?? 'internal', `${result.code}: ${result.detail}`);
}
