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

/** What an error code of the file system or of SQLite means to a person; undefined for any other. */
export function problemOfCode(code: string): ProblemCode | undefined {
  // Extended codes refine the first two parts: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED.
  return byCode[code] ?? byCode[code.split('_').slice(0, 2).join('_')];
}

/** The same for an error; undefined if it is nothing a person can do something about. */
export function storageProblem(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const known = typeof code === 'string' ? problemOfCode(code) : undefined;
  return known && new Problem(known, code ?? '', { cause: error });
}
