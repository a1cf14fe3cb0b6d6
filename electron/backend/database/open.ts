import path from 'node:path';
import Database from 'better-sqlite3';
import { Problem } from '#shared/domain/problem.ts';
import type { KeyProvider } from '../keys.ts';
import { migrate } from './migrate.ts';

export type ArchiveDatabase = Database.Database;

export const DATABASE_FILE = 'enkaku.sqlite3';

/** Before 3.51.3, two connections in WAL mode could corrupt a database when the log was reset. */
const MINIMUM_SQLITE_VERSION = [3, 51, 3] as const;

/** Opens and migrates the database of a data folder whose lock this process holds. */
export function openDatabase(dataDir: string, keys: KeyProvider): ArchiveDatabase {
  const database = new Database(path.join(dataDir, DATABASE_FILE));
  try {
    prepare(database, dataDir, keys);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: ArchiveDatabase, dataDir: string, keys: KeyProvider): void {
  keys.unlockDatabase(database);
  requireSqliteVersion(database);
  database.pragma('journal_mode = WAL');
  // FULL, because a commit is what we acknowledge: it has to survive pulling the plug.
  database.pragma('synchronous = FULL');
  database.pragma('cache_size = -65536');
  database.pragma('temp_store = MEMORY');
  migrate(database, (version) => path.join(dataDir, `enkaku-version-${version}.sqlite3`));
}

export function sqliteVersion(database: ArchiveDatabase): string {
  return database.prepare('SELECT sqlite_version()').pluck().get() as string;
}

function requireSqliteVersion(database: ArchiveDatabase): void {
  const version = sqliteVersion(database);
  const parts = version.split('.').map(Number);
  for (const [index, minimum] of MINIMUM_SQLITE_VERSION.entries()) {
    const part = parts[index] ?? 0;
    if (part > minimum) return;
    if (part < minimum)
      throw new Problem('sqlite-too-old', `${version} is older than ${MINIMUM_SQLITE_VERSION.join('.')}`);
  }
}
