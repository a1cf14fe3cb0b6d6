import type { StartFailure } from '#shared/contract/launch.ts';
import { Problem } from '#shared/domain/problem.ts';

/** What Node and SQLite say when a workstation cannot start, as the sentences the launcher has. */
const codesOfSystemErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'port-in-use',
  EACCES: 'data-folder-read-only',
  EPERM: 'data-folder-read-only',
  EROFS: 'data-folder-read-only',
  ENOTDIR: 'data-folder-read-only',
  EEXIST: 'data-folder-read-only',
  SQLITE_CANTOPEN: 'data-folder-read-only',
  SQLITE_READONLY: 'data-folder-read-only',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  SQLITE_FULL: 'disk-full',
  SQLITE_NOTADB: 'database-damaged',
  SQLITE_CORRUPT: 'database-damaged',
  SQLITE_BUSY: 'data-folder-in-use',
};

export function startFailureOf(error: unknown): StartFailure {
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  const isForbiddenPort = code === 'EACCES' && syscall === 'listen';
  const known =
    (error instanceof Problem ? error.code : undefined) ??
    (isForbiddenPort ? 'port-forbidden' : codesOfSystemErrors[code ?? '']) ??
    // SQLite's extended codes: SQLITE_READONLY_DIRECTORY
    codesOfSystemErrors[(code ?? '').split('_').slice(0, 2).join('_')];
  const { holderPid } = error as { holderPid?: number };
  return {
    event: 'failed',
    code: known ?? 'internal',
    detail: message,
    ...(holderPid !== undefined && { holderPid }),
  };
}
