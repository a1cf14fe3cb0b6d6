import path from 'node:path';
import { forkHelper } from '#backend/processes/helper-process.ts';
import type { IngestResult } from '#backend/processes/ingest-messages.ts';
import { findFiles } from '#backend/services/archive/find-files.ts';
import { IngestPool } from '#backend/services/archive/ingest-pool.ts';

export type Outcome = { readonly name: string } & (
  | IngestResult
  | { readonly code: string; readonly ok: false }
);

/** Finds and reads files with real helper processes, as an import does, without an archive. */
export async function ingestAll(
  paths: readonly string[],
  stagingDir: string,
  pool?: IngestPool,
): Promise<Outcome[]> {
  const ownPool = pool ?? new IngestPool(forkHelper, 1);
  const outcomes: Outcome[] = [];
  const starts = paths.map((each) => ({ path: each, name: each }));
  try {
    for await (const found of findFiles(starts, new AbortController().signal, ownPool)) {
      if ('rejected' in found) {
        outcomes.push({ name: found.rejected.file, ok: false, code: found.rejected.code });
        continue;
      }
      const { name, sourcePath, zipEntry } = found.file;
      const stagingPath = path.join(stagingDir, String(outcomes.length));
      outcomes.push({ name, ...(await ownPool.ingest({ sourcePath, zipEntry, stagingPath })) });
    }
  } finally {
    if (!pool) ownPool.close();
  }
  return outcomes;
}

/** 'name: sha256' or 'name: code', with names relative to the folder. */
export function told(outcomes: readonly Outcome[], folder: string): string[] {
  return outcomes.map((outcome) => {
    const name = outcome.name.replaceAll(`${folder}${path.sep}`, '').replaceAll(path.sep, '/');
    return `${name}: ${outcome.ok ? 'ok' : outcome.code}`;
  });
}
