import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { storageProblem } from '#backend/database/storage-problem.ts';
import type { ObjectStore } from './object-store.ts';
import type { ImportDefaults, NewInstance, Registered, Registration } from './registration.ts';

export type Committed = Omit<Registered, 'keepsObject'>;

export interface CommitQueueOptions {
  readonly database: ArchiveDatabase;
  readonly objects: ObjectStore;
  readonly registration: Registration;
  readonly clock: Clock;
  readonly importDefaults: () => ImportDefaults;
  /** Called after each commit, before anybody is told that their file is durable. */
  readonly committed: (studyKeys: ReadonlySet<StudyKey>) => void;
}

interface Waiting {
  readonly file: NewInstance;
  readonly stagingPath: string;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: unknown) => void;
}

/** More files in one commit would only hold more waiting ones back, not commit faster. */
const BATCH_FILES = 64;

/**
 * Makes staged files durable, in batches: whatever arrives while one batch is being written to disk
 * goes into the next. For each file the order is: bytes synced (by the ingest process), renamed,
 * folder synced, row committed with the WAL synced, acknowledged.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #isScheduled = false;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Resolves when the file would survive pulling the plug. */
  commit(file: NewInstance, stagingPath: string): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, stagingPath, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#commitBatch(this.#waiting.splice(0, BATCH_FILES));
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commitBatch(batch: readonly Waiting[]): void {
    let results: readonly Registered[];
    try {
      results = this.#write(batch);
    } catch (error) {
      this.#fail(batch, error);
      return;
    }
    this.#options.committed(new Set(results.map(({ studyKey }) => studyKey)));
    for (const [index, { stagingPath, resolve }] of batch.entries()) {
      this.#options.objects.discard(stagingPath);
      const result = results[index];
      if (result) resolve(result);
    }
  }

  /** One file that cannot be written must not take its neighbours with it. */
  #fail(batch: readonly Waiting[], error: unknown): void {
    const problem = storageProblem(error);
    if (!problem && batch.length > 1) {
      for (const one of batch) this.#commitBatch([one]);
      return;
    }
    for (const { stagingPath, reject } of batch) {
      this.#options.objects.discard(stagingPath);
      reject(problem ?? error);
    }
  }

  #write(batch: readonly Waiting[]): readonly Registered[] {
    const { database, objects, registration, clock, importDefaults } = this.#options;
    const files = batch.map(({ file }) => file);
    return database.transaction(() => {
      const results = registration.register(files, importDefaults(), clock.nowMs());
      const kept = batch.filter((_, index) => results[index]?.keepsObject);
      for (const { file, stagingPath } of kept) {
        if (!objects.has(file.fileSha256, file.byteLength)) objects.adopt(stagingPath, file.fileSha256);
      }
      // Also of those that were there: a killed process may have renamed them without syncing.
      objects.syncFolders(kept.map(({ file }) => file.fileSha256));
      return results;
    })();
  }
}
