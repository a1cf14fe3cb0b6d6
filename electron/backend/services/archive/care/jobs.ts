import { randomUUID } from 'node:crypto';
import type { JobProgress } from '#shared/contract/storage.ts';
import type { ProblemCode } from '#shared/domain/problem.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { storageProblem } from '#backend/database/storage-problem.ts';
import type { Log } from '#backend/log.ts';
import type { Progress } from './progress.ts';

export interface JobEnd<Report> {
  readonly jobId: string;
  readonly report: Report | null;
  readonly wasCancelled: boolean;
  readonly problem: ProblemCode | null;
}

interface Running {
  readonly jobId: string;
  readonly kind: JobProgress['kind'];
  readonly controller: AbortController;
  progress: Progress;
  ended: Promise<void>;
}

const NOTHING_YET: Progress = {
  itemsDone: 0,
  itemsTotal: 0,
  bytesDone: 0,
  bytesTotal: 0,
  secondsRemaining: null,
};

/** Long care of the whole archive: one piece at a time, because each reads what another would change. */
export class Jobs {
  readonly #log: Log;
  readonly #progressed: (progress: JobProgress) => void;
  #running: Running | undefined;

  constructor(log: Log, progressed: (progress: JobProgress) => void) {
    this.#log = log;
    this.#progressed = progressed;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** @throws RpcError `conflict` while another piece of care is running */
  start<Report>(
    kind: JobProgress['kind'],
    work: (signal: AbortSignal, report: (progress: Progress) => void) => Promise<Report>,
    ended: (end: JobEnd<Report>) => void,
  ): string {
    if (this.#running) throw new RpcError('conflict', `a ${this.#running.kind} is running`);
    const jobId = randomUUID();
    const controller = new AbortController();
    const running: Running = { jobId, kind, controller, progress: NOTHING_YET, ended: Promise.resolve() };
    this.#running = running;
    const report = (progress: Progress) => {
      running.progress = progress;
      this.#progressed({ jobId, kind, ...progress });
    };
    const finish = (outcome: Pick<JobEnd<Report>, 'report' | 'problem'>) => {
      this.#running = undefined;
      ended({ jobId, wasCancelled: controller.signal.aborted, ...outcome });
    };
    running.ended = Promise.resolve()
      .then(() => work(controller.signal, report))
      .then(
        (result) => finish({ report: result, problem: null }),
        (error: unknown) => finish({ report: null, problem: this.#problemOf(error, running) }),
      );
    return jobId;
  }

  cancel(jobId: string): void {
    if (this.#running?.jobId === jobId) this.#running.controller.abort();
  }

  list(): JobProgress[] {
    if (!this.#running) return [];
    const { jobId, kind, progress } = this.#running;
    return [{ jobId, kind, ...progress }];
  }

  /** Resolves when whatever is running has ended. */
  async cancelAll(): Promise<void> {
    this.#running?.controller.abort();
    await this.#running?.ended;
  }

  #problemOf(error: unknown, { jobId, kind, controller }: Running): ProblemCode | null {
    if (controller.signal.aborted) return null;
    const problem = storageProblem(error);
    if (!problem || problem.code === 'internal') this.#log.error({ err: error, jobId }, `${kind} failed`);
    return problem?.code ?? 'internal';
  }
}
