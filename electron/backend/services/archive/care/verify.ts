import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { Statement } from 'better-sqlite3';
import type { VerifyFinding, VerifyReport } from '#shared/contract/storage.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Clock } from '#backend/clock.ts';
import { syncFolder } from '#backend/database/durable-file.ts';
import { DATABASE_FILE } from '#backend/database/open.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { ObjectStore } from '../object-store.ts';
import { BackupFolder } from './backup-folder.ts';
import type { CareHelper } from './care-helper.ts';
import { createCounts } from './counts.ts';
import { bringBackPresent } from './evicted.ts';
import type { Places } from './places.ts';
import { ProgressCounter } from './progress.ts';
import type { Progress } from './progress.ts';

export interface VerifyOptions {
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly objects: ObjectStore;
  readonly places: Places;
  readonly helper: CareHelper;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  readonly repair: boolean;
  /** Resolves at a moment when no object waits for its row. */
  readonly importsSettled: () => Promise<void>;
  /** Indexes an object that no row names, as an import would; superfluous: its data set is there as another object. */
  readonly indexObject: (
    sha256: string,
  ) => Promise<'indexed' | 'kept-aside' | 'superfluous' | 'not-possible'>;
}

interface NamedObject {
  readonly rowid: number;
  readonly study_key: StudyKey;
  readonly instance_key: number;
  readonly file_sha256: string;
  readonly byte_length: number;
}

const ROWS_AT_A_TIME = 500;

/** Re-hashes every object, compares the database with what is on the disk, and mends what can be mended. */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  const { database, helper, dataDir, signal } = options;
  const findings: VerifyFinding[] = [];
  for (const subject of await helper.checkDatabase(path.join(dataDir, DATABASE_FILE))) {
    findings.push({ kind: 'database-damaged', subject, studyKey: null, repair: null });
  }
  signal.throwIfAborted();
  if (options.repair) bringBackPresent(database, options.objects);
  const named = createNamedObjects(database);
  const counter = new ProgressCounter(options.clock, named.total(), options.report);
  for (const table of ['instances', 'conflicts'] as const) {
    for (let last = 0; ;) {
      const rows = named.after(table, last);
      for (const row of rows) {
        signal.throwIfAborted();
        const finding = await checkObject(options, named, row);
        if (finding) findings.push(finding);
        counter.done(row.byte_length);
      }
      const end = rows.at(-1);
      if (!end) break;
      last = end.rowid;
    }
  }
  findings.push(...(await checkUnindexed(options, named)));
  findings.push(...checkCounts(options));
  const { itemsDone, bytesDone } = counter.now();
  return {
    instances: named.countInstances(),
    objects: itemsDone,
    byteCount: bytesDone,
    findings,
    seconds: counter.seconds,
  };
}

async function checkObject(
  options: VerifyOptions,
  named: NamedObjects,
  row: NamedObject,
): Promise<VerifyFinding | undefined> {
  const { objects, helper, places } = options;
  const { file_sha256: sha256, study_key: studyKey } = row;
  const found = await helper.hash(objects.pathOf(sha256));
  if (found === sha256) return undefined;
  // Deleted or evicted while it was read.
  if (!named.isStillExpected(sha256)) return undefined;
  const kind = found === undefined ? 'object-missing' : 'object-damaged';
  if (!options.repair) return { kind, subject: sha256, studyKey, repair: null };
  if (kind === 'object-damaged') quarantine(options, sha256);
  for (const { name } of places.all()) {
    options.signal.throwIfAborted();
    const outcome = await helper.copy(
      new BackupFolder(name).objectPath(sha256),
      objects.pathOf(sha256),
      sha256,
    );
    if (outcome !== 'copied' && outcome !== 'already-there') continue;
    objects.syncFolders([sha256]);
    return { kind, subject: sha256, studyKey, repair: 'restored-from-backup' };
  }
  const repair = kind === 'object-damaged' ? 'quarantined' : 'not-possible';
  return { kind, subject: sha256, studyKey, repair };
}

/** Out of the way, but kept: a damaged image may still be worth something to somebody. */
function quarantine({ dataDir, objects }: VerifyOptions, sha256: string): void {
  const folder = path.join(dataDir, 'quarantine');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  renameSync(objects.pathOf(sha256), path.join(folder, sha256));
  syncFolder(folder);
  objects.syncFolders([sha256]);
}

/** Objects without a row: an import was killed between the two, or the database was restored from an older backup. */
async function checkUnindexed(options: VerifyOptions, named: NamedObjects): Promise<VerifyFinding[]> {
  const { objects, helper, signal } = options;
  const findings: VerifyFinding[] = [];
  for await (const sha256 of objects.list()) {
    signal.throwIfAborted();
    if (named.isKnown(sha256)) continue;
    const isIntact = (await helper.hash(objects.pathOf(sha256))) === sha256;
    signal.throwIfAborted();
    await options.importsSettled();
    // Its row came meanwhile, or it was not wanted after all.
    if (named.isKnown(sha256) || !objects.exists(sha256)) continue;
    const repair = options.repair ? await repairUnindexed(options, sha256, isIntact) : null;
    findings.push({
      kind: isIntact ? 'object-unindexed' : 'object-damaged',
      subject: sha256,
      studyKey: null,
      repair,
    });
  }
  return findings;
}

async function repairUnindexed(
  options: VerifyOptions,
  sha256: string,
  isIntact: boolean,
): Promise<VerifyFinding['repair']> {
  const outcome = isIntact ? await options.indexObject(sha256) : 'superfluous';
  if (outcome !== 'superfluous') return outcome;
  quarantine(options, sha256);
  return 'quarantined';
}

function checkCounts({ database, repair }: VerifyOptions): VerifyFinding[] {
  const counts = createCounts(database);
  const wrong = counts.wrong();
  if (repair) counts.recount(wrong);
  return wrong.map((studyKey) => ({
    kind: 'count-wrong',
    subject: `study ${studyKey}`,
    studyKey,
    repair: repair ? 'recounted' : null,
  }));
}

type NamedObjects = ReturnType<typeof createNamedObjects>;

function createNamedObjects(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const here = 'instance_key NOT IN (SELECT instance_key FROM evicted_instances)';
  const pages = {
    instances: prepare<NamedObject>(`
      SELECT instance_key AS rowid, study_key, instance_key, file_sha256, byte_length
      FROM instances JOIN series USING (series_key) WHERE instance_key > ? AND ${here}
      ORDER BY instance_key LIMIT ${ROWS_AT_A_TIME}`),
    conflicts: prepare<NamedObject>(`
      SELECT conflict_key AS rowid, study_key, 0 AS instance_key, file_sha256, byte_length
      FROM conflicts WHERE conflict_key > ? ORDER BY conflict_key LIMIT ${ROWS_AT_A_TIME}`),
  };
  const total = prepare<{ items: number; bytes: number }>(`
    SELECT count(*) AS items, coalesce(sum(byte_length), 0) AS bytes FROM (
      SELECT byte_length FROM instances WHERE ${here} UNION ALL SELECT byte_length FROM conflicts)`);
  const countInstances = prepare<{ count: number }>('SELECT count(*) AS count FROM instances');
  const expected = prepare(`
    SELECT 1 FROM instances WHERE file_sha256 = @sha256 AND ${here}
    UNION ALL SELECT 1 FROM conflicts WHERE file_sha256 = @sha256`);
  const known = prepare(`
    SELECT 1 FROM instances WHERE file_sha256 = @sha256
    UNION ALL SELECT 1 FROM conflicts WHERE file_sha256 = @sha256
    UNION ALL SELECT 1 FROM objects_to_remove WHERE file_sha256 = @sha256`);
  return {
    after: (table: keyof typeof pages, rowid: number) => pages[table].all(rowid),
    total: () => total.get() ?? { items: 0, bytes: 0 },
    countInstances: () => countInstances.get()?.count ?? 0,
    isStillExpected: (sha256: string) => expected.get({ sha256 }) !== undefined,
    isKnown: (sha256: string) => known.get({ sha256 }) !== undefined,
  };
}
