import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { Problem } from '#shared/domain/problem.ts';
import { writeDurably } from '#backend/database/durable-file.ts';

const MARKER = 'enkaku-backup.json';

/** Written last: a folder without it holds no finished backup. */
const Marker = z.strictObject({
  format: z.literal(1),
  /** Whose backup this is. */
  archiveId: z.string(),
  endedAtMs: z.number(),
  objects: z.number(),
  byteCount: z.number(),
  /** Objects of the database that are not here: evicted to another place, or unreadable. */
  absentObjects: z.number(),
});
export type Marker = z.infer<typeof Marker>;

/**
 * A backup: all objects ever backed up, as they lie in the archive, and the newest database.
 * Objects are only added, so that whatever interrupts a backup, the one before it is still whole.
 */
export class BackupFolder {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = path.resolve(directory);
  }

  /** @throws Problem `backup-folder-unusable`, also if it is the backup of another archive */
  prepareForWriting(dataDir: string, archiveId: string): void {
    const isInside = !path.relative(path.resolve(dataDir), this.directory).startsWith('..');
    if (isInside) throw new Problem('backup-folder-unusable', 'inside the data folder');
    try {
      mkdirSync(path.join(this.directory, 'objects'), { recursive: true, mode: 0o700 });
      accessSync(this.directory, constants.W_OK);
    } catch (error) {
      throw new Problem('backup-folder-unusable', (error as NodeJS.ErrnoException).code ?? '', {
        cause: error,
      });
    }
    const isOthers = existsSync(this.databaseFile) && this.readMarker().archiveId !== archiveId;
    if (isOthers) throw new Problem('backup-folder-unusable', 'the backup of another archive');
  }

  objectPath(sha256: string): string {
    return path.join(this.directory, 'objects', sha256.slice(0, 2), sha256);
  }

  get databaseFile(): string {
    return path.join(this.directory, 'database.sqlite3');
  }

  get newDatabaseFile(): string {
    return `${this.databaseFile}.new`;
  }

  /** Makes the new database the backup's, together with what is known about it. */
  finish(marker: Omit<Marker, 'format'>): void {
    renameSync(this.newDatabaseFile, this.databaseFile);
    writeDurably(path.join(this.directory, MARKER), JSON.stringify({ format: 1, ...marker }));
  }

  /** @throws Problem `backup-incomplete` if there is no finished backup */
  readMarker(): Marker {
    try {
      const marker = Marker.parse(JSON.parse(readFileSync(path.join(this.directory, MARKER), 'utf8')));
      statSync(this.databaseFile);
      return marker;
    } catch (error) {
      throw new Problem('backup-incomplete', 'no finished backup in the folder', { cause: error });
    }
  }
}
