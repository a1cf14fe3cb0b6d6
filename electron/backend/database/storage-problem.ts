import { Problem } from '#shared/domain/problem.ts';
import type { ProblemCode } from '#shared/domain/problem.ts';

const byCode: Readonly<Record<string, ProblemCode>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  SQLITE_FULL: 'disk-full',
  EROFS: 'data-folder-read-only',
  EACCES: 'data-folder-read-only',
  EPERM: 'data-folder-read-only',
  SQLITE_READONLY: 'data-folder-read-only',
  SQLITE_CANTOPEN: 'data-folder-read-only',
  SQLITE_PERM: 'data-folder-read-only',
  SQLITE_BUSY: 'database-locked',
  SQLITE_LOCKED: 'database-locked',
  SQLITE_CORRUPT: 'database-damaged',
  SQLITE_NOTADB: 'database-damaged',
  EIO: 'storage-failed',
  SQLITE_IOERR: 'storage-failed',
};

/** What a failure of the file system or of SQLite means to a person; undefined for any other error. */
export function storageProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (typeof code !== 'string') return undefined;
  // Extended codes refine the first two parts: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED.
  const known = byCode[code] ?? byCode[code.split('_').slice(0, 2).join('_')];
  return known && new Problem(known, code, { cause: error });
}
