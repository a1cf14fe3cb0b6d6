import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { temporaryDirectory } from '../workstation.ts';

/** SOP Instance UID to the SHA-256 of each file that may stand for it. */
export type ExpectedFiles = ReadonlyMap<string, ReadonlySet<string>>;
/** SOP Instance UID to the SHA-256 that was reported durable. */
export type Ledger = ReadonlyMap<string, string>;

export interface Inspection {
  readonly violations: readonly string[];
  readonly instances: number;
  /** Objects that no row names: allowed after a kill, gone when the import has ended. */
  readonly unnamedObjects: number;
}

interface InstanceRow {
  sop_uid: string;
  file_sha256: string;
  byte_length: number;
  number_of_frames: number;
  frames_indexed: number;
  last_byte: number | null;
}

/** What has to be zero in a database without half-registered instances. */
const contradictions: Readonly<Record<string, string>> = {
  'series without instances':
    'SELECT count(*) FROM series s WHERE NOT EXISTS (SELECT 1 FROM instances i WHERE i.series_key = s.series_key)',
  'studies without series':
    'SELECT count(*) FROM studies s WHERE NOT EXISTS (SELECT 1 FROM series r WHERE r.study_key = s.study_key)',
  'patients without studies':
    'SELECT count(*) FROM patients p WHERE NOT EXISTS (SELECT 1 FROM studies s WHERE s.patient_key = p.patient_key)',
  'series that count their instances wrongly': `SELECT count(*) FROM series s
     WHERE instance_count <> (SELECT count(*) FROM instances i WHERE i.series_key = s.series_key)`,
  'studies that count their instances or bytes wrongly': `SELECT count(*) FROM studies s
     WHERE (instance_count, byte_count) <> (SELECT count(*), coalesce(sum(byte_length), 0)
       FROM instances JOIN series USING (series_key) WHERE series.study_key = s.study_key)`,
  'studies that count their conflicts wrongly': `SELECT count(*) FROM studies s
     WHERE conflict_count <> (SELECT count(*) FROM conflicts c WHERE c.study_key = s.study_key)`,
};

/**
 * Looks at a data folder that nobody uses, without any code of the product: rows through Node's own
 * SQLite on a copy, bytes as they lie on the disk, against the files that were imported.
 */
export function inspectArchive(dataDir: string, expected: ExpectedFiles, ledger: Ledger): Inspection {
  const violations: string[] = [];
  const objects = objectsOnDisk(dataDir);
  const { instances, conflicts } = readDatabase(dataDir, violations);
  for (const row of instances.values()) {
    if (!expected.get(row.sop_uid)?.has(row.file_sha256))
      violations.push(`${row.sop_uid} is not what was imported`);
    if (row.frames_indexed !== row.number_of_frames) violations.push(`${row.sop_uid} has half a frame index`);
    if ((row.last_byte ?? 0) > row.byte_length)
      violations.push(`${row.sop_uid} has frames behind its own end`);
    violations.push(...objectViolations(dataDir, row));
  }
  for (const row of conflicts) violations.push(...objectViolations(dataDir, row));
  for (const [sop, sha256] of ledger) {
    const found = instances.get(sop)?.file_sha256;
    if (found === undefined) violations.push(`${sop} was reported durable and is gone`);
    else if (found !== sha256) violations.push(`${sop} was reported durable with other bytes`);
  }
  const named = new Set([...instances.values(), ...conflicts].map((row) => row.file_sha256));
  return {
    violations,
    instances: instances.size,
    unnamedObjects: objects.filter((sha256) => !named.has(sha256)).length,
  };
}

/** Files an import was still writing; none are left when it has ended. */
export function stagedFiles(dataDir: string): string[] {
  const folder = path.join(dataDir, 'staging');
  return existsSync(folder) ? readdirSync(folder) : [];
}

function objectViolations(
  dataDir: string,
  { sop_uid: sop, file_sha256: sha256, byte_length: byteLength }: Omit<InstanceRow, 'number_of_frames'>,
): string[] {
  const file = path.join(dataDir, 'objects', sha256.slice(0, 2), sha256);
  if (!existsSync(file)) return [`${sop} has a row and no bytes`];
  const bytes = readFileSync(file);
  const isIntact = bytes.length === byteLength && createHash('sha256').update(bytes).digest('hex') === sha256;
  return isIntact ? [] : [`${sop} has other bytes than its row says`];
}

function objectsOnDisk(dataDir: string): string[] {
  const folder = path.join(dataDir, 'objects');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.basename(name))
    .filter((name) => /^[0-9a-f]{64}$/.test(name));
}

function readDatabase(dataDir: string, violations: string[]) {
  const none = { instances: new Map<string, InstanceRow>(), conflicts: [] as InstanceRow[] };
  // Killed before there was one.
  if (!existsSync(path.join(dataDir, 'enkaku.sqlite3'))) return none;
  const copy = temporaryDirectory();
  try {
    for (const name of ['enkaku.sqlite3', 'enkaku.sqlite3-wal']) {
      const from = path.join(dataDir, name);
      if (existsSync(from)) copyFileSync(from, path.join(copy.path, name));
    }
    return readCopy(path.join(copy.path, 'enkaku.sqlite3'), violations) ?? none;
  } finally {
    copy.remove();
  }
}

function readCopy(file: string, violations: string[]) {
  const database = new DatabaseSync(file);
  try {
    const integrity = database.prepare('PRAGMA integrity_check').all();
    if (integrity.length !== 1 || integrity[0]?.['integrity_check'] !== 'ok')
      violations.push(`the database is damaged: ${JSON.stringify(integrity[0])}`);
    if (database.prepare('PRAGMA foreign_key_check').all().length > 0)
      violations.push('rows name rows that are not there');
    const isEmpty = database.prepare('PRAGMA user_version').get()?.['user_version'] === 0;
    if (isEmpty) return undefined;
    for (const [what, sql] of Object.entries(contradictions)) {
      const count = Object.values(database.prepare(sql).get() ?? {})[0];
      if (count !== 0) violations.push(`${String(count)} ${what}`);
    }
    const frames = `(SELECT count(DISTINCT frame_number) FROM frame_parts p WHERE p.instance_key = i.instance_key)`;
    const lastByte = `(SELECT max(file_offset + byte_length) FROM frame_parts p WHERE p.instance_key = i.instance_key)`;
    const rows = database
      .prepare(
        `SELECT sop_uid, file_sha256, byte_length, number_of_frames, ${frames} AS frames_indexed,
           ${lastByte} AS last_byte FROM instances i`,
      )
      .all() as unknown as InstanceRow[];
    const conflicts = database
      .prepare('SELECT sop_uid, file_sha256, byte_length FROM conflicts')
      .all() as unknown as InstanceRow[];
    return { instances: new Map(rows.map((row) => [row.sop_uid, row])), conflicts };
  } finally {
    database.close();
  }
}
