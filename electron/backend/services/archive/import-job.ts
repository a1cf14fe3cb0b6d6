import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ImportTotals, RejectedFile } from '#shared/contract/archive.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { IngestedFile } from '#backend/processes/ingest-messages.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { ObjectStore } from './object-store.ts';
import type { ArchiveQueries } from './queries.ts';

export interface ImportDependencies {
  readonly database: ArchiveDatabase;
  readonly queries: ArchiveQueries;
  readonly objects: ObjectStore;
  readonly pool: IngestPool;
  readonly clock: Clock;
}

export interface ImportListener {
  progressed(progress: { filesDone: number; filesFound: number; bytesDone: number }): void;
  stored(sop: string, sha256: string): void;
  studyChanged(studyKey: StudyKey): void;
}

interface Staged {
  readonly file: IngestedFile;
  readonly stagingPath: string;
}

/** Files waiting for one commit; more would only hold more staged bytes, not commit faster. */
const BATCH_FILES = 64;
const FILES_IN_FLIGHT = 8;

/** One import: finds files, has them staged by ingest processes, and commits them in batches. */
export class ImportJob {
  readonly #dependencies: ImportDependencies;
  readonly #listener: ImportListener;
  readonly #signal: AbortSignal;
  readonly #rejected: RejectedFile[] = [];
  readonly #studies = new Set<StudyKey>();
  #imported = 0;
  #duplicates = 0;
  #conflicts = 0;
  #filesFound = 0;
  #filesDone = 0;
  #bytesDone = 0;
  #pending: Staged[] = [];
  #committing: Promise<void> = Promise.resolve();

  constructor(dependencies: ImportDependencies, listener: ImportListener, signal: AbortSignal) {
    this.#dependencies = dependencies;
    this.#listener = listener;
    this.#signal = signal;
  }

  async run(paths: readonly string[]): Promise<ImportTotals> {
    const startMs = this.#dependencies.clock.monotonicMs();
    const inFlight = new Set<Promise<void>>();
    for (const start of paths) {
      for await (const file of this.#findFiles(start)) {
        if (this.#signal.aborted) break;
        this.#filesFound++;
        const done = this.#take(file).finally(() => inFlight.delete(done));
        inFlight.add(done);
        if (inFlight.size >= FILES_IN_FLIGHT) await Promise.race(inFlight);
      }
    }
    await Promise.all(inFlight);
    this.#commitSoon();
    await this.#committing;
    return {
      imported: this.#imported,
      duplicates: this.#duplicates,
      conflicts: this.#conflicts,
      rejected: this.#rejected,
      studies: this.#studies.size,
      bytes: this.#bytesDone,
      seconds: (this.#dependencies.clock.monotonicMs() - startMs) / 1000,
    };
  }

  async *#findFiles(start: string): AsyncGenerator<string> {
    const info = await stat(start).catch(() => undefined);
    if (!info) {
      this.#rejected.push({ file: start, code: 'missing-file', detail: 'no such file or folder' });
    } else if (info.isDirectory()) {
      const entries = await readdir(start, { withFileTypes: true });
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (entry.isDirectory() || entry.isFile()) yield* this.#findFiles(path.join(start, entry.name));
      }
    } else {
      yield start;
    }
  }

  async #take(sourcePath: string): Promise<void> {
    const stagingPath = this.#dependencies.objects.newStagingPath();
    const reply = await this.#dependencies.pool.ingest({ sourcePath, stagingPath });
    if (reply.ok) {
      this.#pending.push({ file: reply.file, stagingPath });
      this.#commitSoon();
    } else {
      this.#rejected.push({ file: sourcePath, code: reply.code, detail: reply.detail });
      this.#fileDone(0);
    }
  }

  /** While one batch is being committed, the next one collects. */
  #commitSoon(): void {
    this.#committing = this.#committing.then(async () => {
      await new Promise(setImmediate);
      while (this.#pending.length > 0) this.#commit(this.#pending.splice(0, BATCH_FILES));
    });
  }

  #commit(batch: readonly Staged[]): void {
    const { database, objects, clock } = this.#dependencies;
    for (const { file, stagingPath } of batch) objects.adopt(stagingPath, file.fileSha256);
    objects.syncFolders(batch.map(({ file }) => file.fileSha256));
    const nowMs = clock.nowMs();
    const studyKeys = database.transaction(() => batch.map(({ file }) => this.#register(file, nowMs)))();
    for (const { file } of batch) {
      this.#listener.stored(file.summary.sopUid, file.fileSha256);
      this.#fileDone(file.byteLength);
    }
    for (const studyKey of new Set(studyKeys)) {
      if (studyKey === undefined) continue;
      this.#studies.add(studyKey);
      this.#listener.studyChanged(studyKey);
    }
  }

  #register(file: IngestedFile, nowMs: number): StudyKey | undefined {
    const { queries } = this.#dependencies;
    const known = queries.findIdentity(file.summary.sopUid);
    if (known === undefined) {
      this.#imported++;
      return queries.addInstance(file, nowMs);
    }
    if (known.dataSetSha256 === file.dataSetSha256) {
      this.#duplicates++;
      return known.studyKey;
    }
    this.#conflicts++;
    queries.addConflict(file, nowMs);
    return known.studyKey;
  }

  #fileDone(bytes: number): void {
    this.#filesDone++;
    this.#bytesDone += bytes;
    this.#listener.progressed({
      filesDone: this.#filesDone,
      filesFound: this.#filesFound,
      bytesDone: this.#bytesDone,
    });
  }
}
