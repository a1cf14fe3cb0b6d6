import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';

export interface DataFolderLock {
  release(): void;
}

/**
 * Makes this process the only owner of a data folder, or returns undefined if another one is.
 *
 * The lock is an exclusive transaction on a database of its own: the operating system releases it
 * when the process ends in whatever way, on every platform, without stale lock files.
 */
export function lockDataFolder(dataDir: string): DataFolderLock | undefined {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new Database(path.join(dataDir, 'lock.sqlite3'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    throw error;
  }
  return { release: () => database.close() };
}
