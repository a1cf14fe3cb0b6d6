import type { ImportProgress, ImportTotals, RejectedFile, UploadAnswer } from '#shared/contract/import.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Clock } from '#backend/clock.ts';
import type { IngestedFile } from '#backend/processes/ingest-messages.ts';
import type { CommitQueue, Committed } from './commit-queue.ts';
import { findFiles } from './find-files.ts';
import type { FindStart, Found, FoundFile } from './find-files.ts';
import { notStoredProblem } from './ingest-pool.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { ObjectStore } from './object-store.ts';

export interface ImportDependencies {
  readonly commits: CommitQueue;
  readonly objects: ObjectStore;
  readonly pool: IngestPool;
  readonly clock: Clock;
}

export interface ImportListener {
  progressed(progress: ImportProgress): void;
  stored(sop: string, sha256: string): void;
}

interface FileOutcome {
  readonly outcome: Committed['outcome'] | 'rejected' | 'cancelled';
  readonly rejected?: RejectedFile;
}

/** Enough to keep every ingest process busy while their results are committed. */
const FILES_IN_FLIGHT = 32;
/** Found files wait in memory as paths only, but there may be millions. */
const FILES_FOUND_AHEAD = 20_000;
const PROGRESS_INTERVAL_MS = 100;
/** Always the same, so that loading the sample again doubles nothing; with other texts it is another sample, not a conflict. */
const SAMPLE_SEEDS = { ja: 1, en: 2 } as const;

/** One import: what was found, what became of it, how far it is. */
export class ImportJob {
  readonly #dependencies: ImportDependencies;
  readonly #listener: ImportListener;
  /** Aborted when nothing more can be stored, so that the rest is not tried in vain. */
  readonly #failure = new AbortController();
  readonly #signal: AbortSignal;
  readonly #startMs: number;
  readonly #rejected: RejectedFile[] = [];
  readonly #studies = new Set<StudyKey>();
  readonly #restoredStudies = new Set<StudyKey>();
  readonly #counts = { imported: 0, duplicate: 0, conflict: 0 };
  #phase: ImportProgress['phase'] = 'finding';
  #filesFound = 0;
  #filesDone = 0;
  #bytesFound = 0;
  #bytesDone = 0;
  readonly #bytesInFlight = new Map<FoundFile, number>();
  #lastReportMs = -Infinity;

  constructor(dependencies: ImportDependencies, listener: ImportListener, signal: AbortSignal) {
    this.#dependencies = dependencies;
    this.#listener = listener;
    this.#signal = AbortSignal.any([signal, this.#failure.signal]);
    this.#startMs = dependencies.clock.monotonicMs();
  }

  /** Imports everything below the paths. Files that fail are listed; only what stops everything throws. */
  async run(starts: readonly FindStart[]): Promise<void> {
    const found = new BoundedQueue<Found>(FILES_FOUND_AHEAD);
    const finding = this.#find(starts, found).finally(() => found.end());
    const workers = Array.from({ length: FILES_IN_FLIGHT }, async () => {
      for (let next = await found.take(); next !== undefined; next = await found.take()) {
        if ('rejected' in next) this.#reject(next.rejected);
        else await this.#take(next.file);
      }
    });
    await Promise.all([finding, ...workers]);
    this.throwIfFailed();
    this.#phase = 'finishing';
    this.#report(true);
  }

  /** Makes the sample study beside the archive and imports it; what was made is removed again. */
  async runSample(language: 'ja' | 'en'): Promise<void> {
    const { pool, objects } = this.#dependencies;
    const directory = objects.newStagingPath();
    const made = (bytesDone: number) => {
      this.#bytesFound = bytesDone;
      this.#report(false);
    };
    try {
      const sample = await pool.generateSample(
        directory,
        { seed: SAMPLE_SEEDS[language], language },
        made,
        this.#signal,
      );
      this.#bytesFound = 0;
      if (this.#signal.aborted) return;
      if (!sample.ok && sample.code === 'not-stored') throw notStoredProblem(sample);
      if (!sample.ok) throw new Error(`the sample study could not be made: ${sample.code} ${sample.detail}`);
      await this.run([{ path: directory, name: 'sample' }]);
    } finally {
      objects.discard(directory);
    }
  }

  /** Imports one uploaded file, or what is in it if it is an archive. */
  async takeFrom(start: FindStart): Promise<UploadAnswer> {
    const answer = { imported: 0, duplicates: 0, conflicts: 0, rejected: [] as RejectedFile[] };
    for await (const found of findFiles([start], this.#signal, this.#dependencies.pool)) {
      this.#announceFound(found);
      const { outcome, rejected } =
        'file' in found ? await this.#take(found.file) : this.#reject(found.rejected);
      if (outcome === 'imported') answer.imported++;
      if (outcome === 'duplicate') answer.duplicates++;
      if (outcome === 'conflict') answer.conflicts++;
      if (rejected) answer.rejected.push(rejected);
    }
    this.throwIfFailed();
    return answer;
  }

  /** Ends the job because of something that concerns all its files. */
  fail(reason: unknown): void {
    this.#failure.abort(reason);
  }

  /** Throws what ended the job early, if anything but a cancel did. */
  throwIfFailed(): void {
    if (this.#failure.signal.aborted) throw this.#failure.signal.reason;
  }

  /** Imports one file; resolves when it is durable or refused. */
  async #take(file: FoundFile): Promise<FileOutcome> {
    if (this.#signal.aborted) return { outcome: 'cancelled' };
    try {
      return await this.#import(file);
    } catch (error) {
      this.fail(error);
      return { outcome: 'cancelled' };
    } finally {
      await file.release?.();
    }
  }

  async #import(file: FoundFile): Promise<FileOutcome> {
    const { pool, objects, commits } = this.#dependencies;
    const stagingPath = objects.newStagingPath();
    const { sourcePath, zipEntry } = file;
    const reply = await pool.ingest(
      { sourcePath, zipEntry, stagingPath },
      (bytesDone) => this.#copied(file, bytesDone),
      this.#signal,
    );
    if (this.#signal.aborted) {
      objects.discard(stagingPath);
      return { outcome: 'cancelled' };
    }
    if (!reply.ok) {
      if (reply.code === 'not-stored') throw notStoredProblem(reply);
      return this.#reject({ file: file.name, code: reply.code, detail: reply.detail }, file);
    }
    const committed = await commits.commit(reply.file, stagingPath);
    this.#count(reply.file, committed);
    this.#done(file);
    return { outcome: committed.outcome };
  }

  totals(): ImportTotals {
    return {
      imported: this.#counts.imported,
      duplicates: this.#counts.duplicate,
      conflicts: this.#counts.conflict,
      restored: this.#restoredStudies.size,
      rejected: [...this.#rejected],
      studies: this.#studies.size,
      bytes: this.#bytesDone,
      seconds: this.#secondsSinceStart(),
    };
  }

  progress(): ImportProgress {
    return {
      phase: this.#phase,
      filesDone: this.#filesDone,
      filesFound: this.#filesFound,
      bytesDone: this.#bytesSoFar(),
      bytesFound: this.#bytesFound,
      rejectedCount: this.#rejected.length,
      secondsRemaining: this.#secondsRemaining(),
    };
  }

  async #find(starts: readonly FindStart[], found: BoundedQueue<Found>): Promise<void> {
    for await (const next of findFiles(starts, this.#signal, this.#dependencies.pool)) {
      this.#announceFound(next);
      await found.put(next);
    }
    if (this.#phase === 'finding') this.#phase = 'reading';
  }

  #announceFound(found: Found): void {
    this.#filesFound++;
    if ('file' in found) this.#bytesFound += found.file.byteLength;
  }

  #count(file: IngestedFile, { outcome, studyKey, wasRestored, archivedSha256 }: Committed): void {
    this.#counts[outcome]++;
    this.#studies.add(studyKey);
    if (wasRestored) this.#restoredStudies.add(studyKey);
    // A conflict is durable too, but what answers to its UID is the other file.
    if (outcome !== 'conflict') this.#listener.stored(file.summary.sopUid, archivedSha256);
  }

  #reject(rejected: RejectedFile, file?: FoundFile): FileOutcome {
    this.#rejected.push(rejected);
    this.#done(file);
    return { outcome: 'rejected', rejected };
  }

  #done(file: FoundFile | undefined): void {
    this.#filesDone++;
    if (file) {
      this.#bytesInFlight.delete(file);
      this.#bytesDone += file.byteLength;
    }
    this.#report(false);
  }

  /** A sign of life from a file that takes long. */
  #copied(file: FoundFile, bytesDone: number): void {
    this.#bytesInFlight.set(file, bytesDone);
    this.#report(false);
  }

  #bytesSoFar(): number {
    let bytes = this.#bytesDone;
    for (const copied of this.#bytesInFlight.values()) bytes += copied;
    return bytes;
  }

  #report(isLast: boolean): void {
    const nowMs = this.#dependencies.clock.monotonicMs();
    if (!isLast && nowMs - this.#lastReportMs < PROGRESS_INTERVAL_MS) return;
    this.#lastReportMs = nowMs;
    this.#listener.progressed(this.progress());
  }

  /** From the rate so far; small files cost more per byte, so files count as well as bytes. */
  #secondsRemaining(): number | null {
    const isTooEarly = this.#secondsSinceStart() < 1;
    if (isTooEarly || this.#phase === 'finding' || this.#bytesSoFar() === 0) return null;
    const share = (done: number, all: number) => (all === 0 ? 1 : done / all);
    const done = (share(this.#filesDone, this.#filesFound) + share(this.#bytesSoFar(), this.#bytesFound)) / 2;
    return done === 0 ? null : (this.#secondsSinceStart() * (1 - done)) / done;
  }

  #secondsSinceStart(): number {
    return (this.#dependencies.clock.monotonicMs() - this.#startMs) / 1000;
  }
}

/** Hands items from one producer to several consumers; the producer waits while it is full. */
class BoundedQueue<Item> {
  readonly #capacity: number;
  readonly #items: Item[] = [];
  readonly #takers: ((item: Item | undefined) => void)[] = [];
  #resumePutting: (() => void) | undefined;
  #hasEnded = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  async put(item: Item): Promise<void> {
    const taker = this.#takers.shift();
    if (taker) taker(item);
    else this.#items.push(item);
    if (this.#items.length >= this.#capacity) {
      await new Promise<void>((resolve) => (this.#resumePutting = resolve));
    }
  }

  /** The next item, or undefined after the end. */
  take(): Promise<Item | undefined> {
    const item = this.#items.shift();
    if (this.#items.length < this.#capacity / 2) {
      this.#resumePutting?.();
      this.#resumePutting = undefined;
    }
    if (item !== undefined || this.#hasEnded) return Promise.resolve(item);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  end(): void {
    this.#hasEnded = true;
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }
}
