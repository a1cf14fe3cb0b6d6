import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { Problem } from '#shared/domain/problem.ts';
import type { Clock } from '#backend/clock.ts';
import { syncFolder, writeDurably } from '#backend/database/durable-file.ts';
import { DATABASE_FILE, openDatabase } from '#backend/database/open.ts';
import type { KeyProvider } from '#backend/keys.ts';
import { ObjectStore } from '../object-store.ts';
import { BackupFolder } from './backup-folder.ts';
import type { CareHelper } from './care-helper.ts';
import { bringBackPresent } from './evicted.ts';
import { ProgressCounter } from './progress.ts';
import type { Progress } from './progress.ts';

export interface RestoreOptions {
  readonly from: string;
  /** New or empty, or left by a restore that was interrupted. */
  readonly dataDir: string;
  readonly keys: KeyProvider;
  readonly helper: CareHelper;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

export interface RestoreReport {
  readonly objects: number;
  readonly byteCount: number;
  /** Named by the database, but missing or damaged in the backup, by SHA-256. */
  readonly missing: readonly string[];
  readonly seconds: number;
}

const MARKER = 'restoring.json';
/** What the lock, the log and an earlier attempt leave in a folder that holds no archive. */
const HARMLESS = /^(lock\.sqlite3.*|log|restoring\.json|objects|database\.part.*)$/;

/**
 * Makes an archive out of a backup, every object checked against its hash. The database comes last:
 * a folder without one is no archive yet, and the same command continues.
 *
 * @throws Problem
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreReport> {
  const { dataDir, keys, helper, clock, signal } = options;
  const folder = new BackupFolder(options.from);
  folder.readMarker();
  requireEmpty(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeDurably(path.join(dataDir, MARKER), '{}');
  const found = await helper.checkDatabase(folder.databaseFile);
  if (found.length > 0) throw new Problem('backup-incomplete', found[0] ?? '');

  const part = path.join(dataDir, 'database.part');
  rmSync(part, { force: true });
  await copyDatabase(folder.databaseFile, part, keys);
  const named = openNamed(part, keys);
  const counter = new ProgressCounter(clock, named.total, options.report);
  const missing: string[] = [];
  try {
    for (const { file_sha256: sha256, byte_length: byteLength } of named.objects()) {
      signal.throwIfAborted();
      const to = path.join(dataDir, 'objects', sha256.slice(0, 2), sha256);
      const outcome = await helper.copy(folder.objectPath(sha256), to, sha256);
      if (outcome === 'source-missing' || outcome === 'source-damaged') missing.push(sha256);
      counter.done(byteLength);
    }
  } finally {
    named.close();
  }
  signal.throwIfAborted();
  renameSync(part, path.join(dataDir, DATABASE_FILE));
  syncFolder(dataDir);
  // Opens and upgrades it as any start would; throws what a start would.
  const database = openDatabase(dataDir, keys);
  bringBackPresent(database, new ObjectStore(dataDir, keys));
  database.close();
  rmSync(path.join(dataDir, MARKER));
  const { itemsDone, bytesDone } = counter.now();
  return { objects: itemsDone - missing.length, byteCount: bytesDone, missing, seconds: counter.seconds };
}

function requireEmpty(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  const names = readdirSync(dataDir);
  const isContinuing = names.includes(MARKER);
  const isEmpty = names.every((name) => HARMLESS.test(name) && (isContinuing || name !== 'objects'));
  if (!isEmpty) throw new Problem('restore-target-not-empty', 'the folder holds something already');
}

async function copyDatabase(from: string, to: string, keys: KeyProvider): Promise<void> {
  const source = new Database(from, { readonly: true });
  try {
    keys.unlockDatabase(source);
    await source.backup(to);
  } finally {
    source.close();
  }
}

/** Every object that a database names, once. */
function openNamed(file: string, keys: KeyProvider) {
  const database = new Database(file, { readonly: true });
  keys.unlockDatabase(database);
  const all = `SELECT file_sha256, byte_length FROM instances UNION SELECT file_sha256, byte_length FROM conflicts`;
  const total = database
    .prepare<[], { items: number; bytes: number }>(
      `SELECT count(*) AS items, coalesce(sum(byte_length), 0) AS bytes FROM (${all})`,
    )
    .get();
  const objects = database.prepare<[], { file_sha256: string; byte_length: number }>(all);
  return {
    total: total ?? { items: 0, bytes: 0 },
    objects: () => objects.iterate(),
    close: () => database.close(),
  };
}
