import { rmSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { Problem } from '#shared/domain/problem.ts';
import { syncFile } from './durable-file.ts';
import { migrations } from './migrations/index.ts';

export interface Migration {
  /** Contiguous from 1. */
  readonly version: number;
  readonly purpose: string;
  readonly up: string;
}

/** The database was written by a newer Enkaku; opening it with this one could lose data. */
export class DatabaseFromNewerVersion extends Problem {
  constructor(found: number, known: number) {
    super('database-newer', `version ${found} is newer than ${known}, the newest this program knows`);
    this.name = 'DatabaseFromNewerVersion';
  }
}

/**
 * Brings the schema to the newest version, each step in a transaction of its own. Before the first
 * step the database is copied to `copyFile`, so that whatever a step does can be undone.
 */
export function migrate(database: Database, copyFile: (version: number) => string): void {
  const known = migrations.length;
  const found = database.pragma('user_version', { simple: true }) as number;
  if (found > known) throw new DatabaseFromNewerVersion(found, known);
  if (found > 0 && found < known) copy(database, copyFile(found));
  // A step may rebuild a table that others refer to: https://sqlite.org/lang_altertable.html section 7.
  database.pragma('foreign_keys = OFF');
  for (const migration of migrations.slice(found)) {
    database.transaction(() => {
      database.exec(migration.up);
      const broken = database.pragma('foreign_key_check') as unknown[];
      if (broken.length > 0) {
        throw new Error(`migration ${migration.version} breaks ${broken.length} references`);
      }
      database.pragma(`user_version = ${migration.version}`);
    })();
  }
  database.pragma('foreign_keys = ON');
}

/** A start that was killed may have left half a copy; the database itself is as it was then. */
function copy(database: Database, file: string): void {
  rmSync(file, { force: true });
  database.prepare('VACUUM INTO ?').run(file);
  syncFile(file);
}
