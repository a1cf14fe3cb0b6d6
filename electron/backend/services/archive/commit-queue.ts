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

interface Batch {
  readonly files: readonly Waiting[];
  /** Hashes of objects that were not in the store before this batch. */
  readonly placed: Set<string>;
}

/** More files in one commit would only hold more waiting ones back, not commit faster. */
const BATCH_FILES = 64;

/**
 * Makes staged files durable, in batches: whatever arrives while one batch is being written to disk
 * goes into the next. For each file the order is: bytes synced (by the ingest process), renamed,
 * folder synced, row committed with the WAL synced, acknowledged. Folders are synced aside, so that
 * whoever reads images meanwhile waits for a commit at most.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** Resolves when the file would survive pulling the plug. */
  commit(file: NewInstance, stagingPath: string): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ file, stagingPath, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves at a moment when no object waits for its row. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #run(): Promise<void> {
    // What arrives in the same moment goes together.
    await new Promise(setImmediate);
    try {
      while (this.#waiting.length > 0) {
        await this.#commitBatch({ files: this.#waiting.splice(0, BATCH_FILES), placed: new Set() });
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #commitBatch(batch: Batch): Promise<void> {
    let results: readonly Registered[];
    try {
      await this.#place(batch);
      results = this.#write(batch);
    } catch (error) {
      await this.#fail(batch, error);
      return;
    }
    this.#removeUnwanted(batch, results);
    this.#options.committed(new Set(results.map(({ studyKey }) => studyKey)));
    for (const [index, { stagingPath, resolve }] of batch.files.entries()) {
      this.#options.objects.discard(stagingPath);
      const result = results[index];
      if (result) resolve(result);
    }
  }

  /** Moves the bytes to where they belong, before anything is said about them. */
  async #place({ files, placed }: Batch): Promise<void> {
    const { objects } = this.#options;
    for (const { file, stagingPath } of files) {
      if (objects.has(file.fileSha256, file.byteLength)) continue;
      objects.adopt(stagingPath, file.fileSha256);
      placed.add(file.fileSha256);
    }
    // Also of those that were there: a killed process may have renamed them without syncing.
    await objects.syncFoldersAside(files.map(({ file }) => file.fileSha256));
  }

  #write({ files }: Batch): readonly Registered[] {
    const { database, objects, registration, clock, importDefaults } = this.#options;
    const instances = files.map(({ file }) => file);
    return database.transaction(() => {
      const results = registration.register(instances, importDefaults(), clock.nowMs());
      for (const [index, { file, stagingPath }] of files.entries()) {
        const isThere = !results[index]?.keepsObject || objects.has(file.fileSha256, file.byteLength);
        if (isThere) continue;
        // Evicted or purged while the folders were synced; the staged file is there if it was not needed before.
        objects.adopt(stagingPath, file.fileSha256);
        objects.syncFolders([file.fileSha256]);
      }
      return results;
    })();
  }

  /** The same data set was there under another hash. */
  #removeUnwanted({ files, placed }: Batch, results: readonly Registered[]): void {
    const unwanted = new Set(placed);
    for (const [index, { file }] of files.entries()) {
      if (results[index]?.keepsObject) unwanted.delete(file.fileSha256);
    }
    for (const sha256 of unwanted) this.#options.objects.remove(sha256);
  }

  /** One file that cannot be written must not take its neighbours with it. */
  async #fail({ files, placed }: Batch, error: unknown): Promise<void> {
    const problem = storageProblem(error);
    if (!problem && files.length > 1) {
      for (const one of files) {
        const own = placed.has(one.file.fileSha256) ? [one.file.fileSha256] : [];
        await this.#commitBatch({ files: [one], placed: new Set(own) });
      }
      return;
    }
    // After a failure of the disk nobody can say whether the commit is in the log: an object too many harms less.
    if (problem?.code !== 'storage-failed') {
      for (const sha256 of placed) this.#options.objects.remove(sha256);
    }
    for (const { stagingPath, reject } of files) {
      this.#options.objects.discard(stagingPath);
      reject(problem ?? error);
    }
  }
}
