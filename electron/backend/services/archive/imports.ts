import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ImportState, ImportTotals } from '#shared/contract/import.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { ProblemCode } from '#shared/domain/problem.ts';
import type { Announcer } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { storageProblem } from '#backend/database/storage-problem.ts';
import type { Log } from '#backend/log.ts';
import { ImportJob } from './import-job.ts';
import type { ImportDependencies } from './import-job.ts';

export interface ImportsOptions {
  readonly dependencies: () => ImportDependencies;
  readonly announcer: Announcer<BackendContracts>;
  readonly nowMs: () => number;
  readonly log: Log;
}

interface Entry {
  readonly jobId: string;
  readonly label: string;
  readonly job: ImportJob;
  readonly controller: AbortController;
  readonly startedAtMs: number;
  /** Uploads only: ends the job. */
  readonly close?: () => void;
  readonly uploads: Set<Promise<unknown>>;
  ended: Promise<void>;
  state: ImportState['state'];
  totals: ImportTotals | null;
  problem: ProblemCode | null;
}

const SAMPLE_LABELS = { ja: 'サンプル検査', en: 'Sample study' } as const;
/** So many ended imports are still listed for a page that was loaded again. */
const ENDED_KEPT = 20;

/** Every running import and those that ended recently. */
export class Imports {
  readonly #options: ImportsOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: ImportsOptions) {
    this.#options = options;
  }

  /** Imports files and folders of this machine. */
  start(paths: readonly string[], reportEach: boolean): string {
    const label = paths.map((each) => path.basename(each)).join(', ');
    return this.#open(label, reportEach, (job) => job.run(paths.map((each) => ({ path: each, name: each }))));
  }

  /** Imports the sample study, whose texts are in this language. */
  startSample(language: 'ja' | 'en'): string {
    return this.#open(SAMPLE_LABELS[language], false, (job) => job.runSample(language));
  }

  /** Imports what pages send until `closeUpload`. */
  openUpload(label: string): string {
    let close = () => {};
    const closed = new Promise<void>((resolve) => (close = resolve));
    const jobId = this.#open(
      label,
      false,
      async (job) => {
        await closed;
        await Promise.allSettled(this.#find(jobId).uploads);
        job.throwIfFailed();
      },
      close,
    );
    return jobId;
  }

  closeUpload(jobId: string): void {
    this.#find(jobId).close?.();
  }

  /** The job that takes uploaded files, or undefined if there is none under this id. */
  upload(jobId: string): ImportJob | undefined {
    const entry = this.#entries.get(jobId);
    return entry?.close && entry.state === 'running' ? entry.job : undefined;
  }

  /** Lets `closeUpload` wait for a file that is still on its way. */
  async duringUpload<T>(jobId: string, work: () => Promise<T>): Promise<T> {
    const { uploads } = this.#find(jobId);
    const running = work();
    uploads.add(running);
    try {
      return await running;
    } finally {
      uploads.delete(running);
    }
  }

  cancel(jobId: string): void {
    const entry = this.#find(jobId);
    entry.controller.abort();
    entry.close?.();
  }

  list(): ImportState[] {
    return [...this.#entries.values()]
      .reverse()
      .map(({ jobId, label, job, state, totals, problem, startedAtMs }) => ({
        jobId,
        label,
        state,
        progress: job.progress(),
        totals,
        problem,
        startedAtMs,
      }));
  }

  /** Resolves when every job has ended. */
  async cancelAll(): Promise<void> {
    for (const { jobId } of this.#entries.values()) this.cancel(jobId);
    await Promise.all([...this.#entries.values()].map(({ ended }) => ended));
  }

  #open(
    label: string,
    reportEach: boolean,
    work: (job: ImportJob) => Promise<void>,
    close?: () => void,
  ): string {
    const { announcer, dependencies, nowMs } = this.#options;
    const jobId = randomUUID();
    const controller = new AbortController();
    const job = new ImportJob(
      dependencies(),
      {
        progressed: (progress) => announcer.announce('archive', 'importProgressed', { jobId, ...progress }),
        stored: (sop, sha256) => {
          if (reportEach) announcer.announce('archive', 'instanceStored', { jobId, sop, sha256 });
        },
      },
      controller.signal,
    );
    const entry: Entry = {
      jobId,
      label,
      job,
      controller,
      startedAtMs: nowMs(),
      ...(close && { close }),
      uploads: new Set(),
      ended: Promise.resolve(),
      state: 'running',
      totals: null,
      problem: null,
    };
    this.#entries.set(jobId, entry);
    entry.ended = work(job).then(
      () => this.#end(entry, null),
      (error: unknown) => {
        const problem = storageProblem(error);
        if (!problem) this.#options.log.error({ err: error, jobId }, 'import failed');
        this.#end(entry, problem?.code ?? 'internal');
      },
    );
    return jobId;
  }

  #end(entry: Entry, problem: ProblemCode | null): void {
    const wasCancelled = entry.controller.signal.aborted;
    entry.totals = entry.job.totals();
    entry.problem = problem;
    entry.state = problem !== null ? 'failed' : wasCancelled ? 'cancelled' : 'ended';
    const { jobId, totals } = entry;
    this.#options.announcer.announce('archive', 'importEnded', { jobId, totals, wasCancelled, problem });
    const ended = [...this.#entries.values()].filter(({ state }) => state !== 'running');
    for (const { jobId: old } of ended.slice(0, -ENDED_KEPT)) this.#entries.delete(old);
  }

  #find(jobId: string): Entry {
    const entry = this.#entries.get(jobId);
    if (!entry) throw new RpcError('not-found', 'no such import');
    return entry;
  }
}
