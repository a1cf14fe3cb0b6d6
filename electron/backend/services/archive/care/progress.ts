import type { JobProgress } from '#shared/contract/storage.ts';
import type { Clock } from '#backend/clock.ts';

export type Progress = Omit<JobProgress, 'jobId' | 'kind'>;

const INTERVAL_MS = 200;

/** Counts what a long piece of work has done, and estimates the rest from the bytes so far. */
export class ProgressCounter {
  readonly #clock: Clock;
  readonly #report: (progress: Progress) => void;
  readonly #startMs: number;
  readonly #total: { items: number; bytes: number };
  #items = 0;
  #bytes = 0;
  #lastMs = -Infinity;

  constructor(clock: Clock, total: { items: number; bytes: number }, report: (progress: Progress) => void) {
    this.#clock = clock;
    this.#report = report;
    this.#total = total;
    this.#startMs = clock.monotonicMs();
  }

  get seconds(): number {
    return (this.#clock.monotonicMs() - this.#startMs) / 1000;
  }

  done(bytes: number): void {
    this.#items++;
    this.#bytes += bytes;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lastMs < INTERVAL_MS && this.#items < this.#total.items) return;
    this.#lastMs = nowMs;
    this.#report(this.now());
  }

  now(): Progress {
    const { items, bytes } = this.#total;
    return {
      itemsDone: this.#items,
      itemsTotal: Math.max(items, this.#items),
      bytesDone: this.#bytes,
      bytesTotal: Math.max(bytes, this.#bytes),
      secondsRemaining:
        this.#bytes === 0 ? null : (this.seconds * Math.max(0, bytes - this.#bytes)) / this.#bytes,
    };
  }
}
