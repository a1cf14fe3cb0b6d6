import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { BackupReport } from '#shared/contract/storage.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { Problem } from '#shared/domain/problem.ts';
import type { Clock } from '#backend/clock.ts';
import { syncFile } from '#backend/database/durable-file.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { storageProblem } from '#backend/database/storage-problem.ts';
import type { KeyProvider } from '#backend/keys.ts';
import type { ObjectStore } from '../object-store.ts';
import { BackupFolder } from './backup-folder.ts';
import type { CareHelper } from './care-helper.ts';
import type { ObjectRow, Places } from './places.ts';
import { ProgressCounter } from './progress.ts';
import type { Progress } from './progress.ts';

export interface BackupOptions {
  readonly directory: string;
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly objects: ObjectStore;
  readonly keys: KeyProvider;
  readonly places: Places;
  readonly helper: CareHelper;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** Pages of the database copied between two looks at whether somebody waits. */
const PAGES_PER_STEP = 500;

/**
 * Copies the archive while it is in use: first the database as it is at one moment, then every object
 * that it names and that is not in the folder yet, each read back. Each study is noted as copied when
 * it is, and the new database becomes the backup's when everything is there.
 *
 * @throws Problem
 */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const folder = new BackupFolder(options.directory);
  const archiveId = archiveIdOf(options.database);
  folder.prepareForWriting(options.dataDir, archiveId);
  try {
    return await copyEverything(options, folder, archiveId);
  } catch (error) {
    const problem = storageProblem(error);
    // What is full or read-only here is the backup's disk, not the archive's.
    if (problem?.code === 'disk-full' || problem?.code === 'data-folder-read-only') {
      throw new Problem('backup-folder-unusable', problem.detail, { cause: error });
    }
    throw error;
  }
}

async function copyEverything(
  options: BackupOptions,
  folder: BackupFolder,
  archiveId: string,
): Promise<BackupReport> {
  const { database, helper, clock, signal } = options;
  rmSync(folder.newDatabaseFile, { force: true });
  await database.backup(folder.newDatabaseFile, {
    progress: () => {
      signal.throwIfAborted();
      return PAGES_PER_STEP;
    },
  });
  makeSelfContained(folder.newDatabaseFile, options.keys);
  signal.throwIfAborted();
  const found = await helper.checkDatabase(folder.newDatabaseFile);
  signal.throwIfAborted();
  if (found.length > 0) throw new Problem('database-damaged', found[0] ?? '');

  const snapshot = openSnapshot(folder.newDatabaseFile, options.keys);
  const placeKey = options.places.remember(folder.directory, clock.nowMs());
  const counter = new ProgressCounter(clock, snapshot.total(), options.report);
  const counts = { copied: 0, alreadyThere: 0, absent: 0, bytes: 0 };
  try {
    for (const studyKey of snapshot.studyKeys()) {
      const there: ObjectRow[] = [];
      for (const object of snapshot.objectsOf(studyKey)) {
        signal.throwIfAborted();
        const outcome = await copyObject(options, folder, object);
        if (outcome === 'absent') counts.absent++;
        else {
          counts[outcome]++;
          counts.bytes += object.byte_length;
          if (object.instance_key !== 0) there.push(object);
        }
        counter.done(object.byte_length);
      }
      options.places.confirm(studyKey, placeKey, there);
    }
  } finally {
    snapshot.close();
  }
  folder.finish({
    archiveId,
    endedAtMs: clock.nowMs(),
    objects: counts.copied + counts.alreadyThere,
    byteCount: counts.bytes,
    absentObjects: counts.absent,
  });
  return {
    objects: counts.copied,
    alreadyThere: counts.alreadyThere,
    absent: counts.absent,
    byteCount: counts.bytes,
    seconds: counter.seconds,
  };
}

async function copyObject(
  { helper, objects }: BackupOptions,
  folder: BackupFolder,
  { file_sha256: sha256 }: ObjectRow,
): Promise<'copied' | 'alreadyThere' | 'absent'> {
  switch (await helper.copy(objects.pathOf(sha256), folder.objectPath(sha256), sha256)) {
    case 'copied':
      return 'copied';
    case 'already-there':
      return 'alreadyThere';
    default:
      return 'absent';
  }
}

function archiveIdOf(database: ArchiveDatabase): string {
  return database.prepare<[], string>('SELECT archive_id FROM archive_identity').pluck().get() ?? '';
}

/** Without a write-ahead log beside it, a database can be read from a folder that cannot be written. */
function makeSelfContained(file: string, keys: KeyProvider): void {
  const database = new Database(file);
  try {
    keys.unlockDatabase(database);
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
  syncFile(file);
}

/** What the copied database names, study by study; a conflict has the instance key 0. */
function openSnapshot(file: string, keys: KeyProvider) {
  const database = new Database(file, { readonly: true });
  keys.unlockDatabase(database);
  const objects = `
    SELECT study_key, instance_key, file_sha256, byte_length FROM instances JOIN series USING (series_key)
    UNION ALL SELECT study_key, 0, file_sha256, byte_length FROM conflicts`;
  const total = database.prepare<[], { items: number; bytes: number }>(
    `SELECT count(*) AS items, coalesce(sum(byte_length), 0) AS bytes FROM (${objects})`,
  );
  const studyKeys = database
    .prepare<[], StudyKey>('SELECT study_key FROM studies ORDER BY study_key')
    .pluck();
  const ofStudy = database.prepare<[{ studyKey: StudyKey }], ObjectRow>(`
    SELECT instance_key, file_sha256, byte_length FROM instances JOIN series USING (series_key)
    WHERE study_key = @studyKey
    UNION ALL SELECT 0, file_sha256, byte_length FROM conflicts WHERE study_key = @studyKey`);
  return {
    total: () => total.get() ?? { items: 0, bytes: 0 },
    studyKeys: () => studyKeys.all(),
    objectsOf: (studyKey: StudyKey) => ofStudy.all({ studyKey }),
    close: () => database.close(),
  };
}
