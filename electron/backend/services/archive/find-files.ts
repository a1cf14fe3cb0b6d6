import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RejectedFile } from '#shared/contract/import.ts';

/** Where an import starts looking: a file or folder. */
export interface FindStart {
  readonly path: string;
  /** What a person knows it by. */
  readonly name: string;
}

/** One file that an import will read. */
export interface FoundFile {
  /** What a person knows it by: its path, with the path inside a zip archive appended. */
  readonly name: string;
  /** Where its bytes are. */
  readonly sourcePath: string;
  readonly byteLength: number;
  /** Called once the import is done with the source, whatever became of it. */
  readonly release?: () => Promise<void>;
}

export type Found = { readonly file: FoundFile } | { readonly rejected: RejectedFile };

/** Every file below the given files and folders, in the order a person would list them. */
export async function* findFiles(starts: readonly FindStart[], signal: AbortSignal): AsyncGenerator<Found> {
  for (const start of starts) yield* findBelow(start, signal);
}

async function* findBelow(start: FindStart, signal: AbortSignal): AsyncGenerator<Found> {
  if (signal.aborted) return;
  const info = await stat(start.path).catch(() => undefined);
  if (!info) {
    yield { rejected: { file: start.name, code: 'missing-file', detail: 'no such file or folder' } };
  } else if (info.isDirectory()) {
    const entries = await readdir(start.path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!entry.isDirectory() && !entry.isFile()) continue;
      yield* findBelow(
        { path: path.join(start.path, entry.name), name: path.join(start.name, entry.name) },
        signal,
      );
    }
  } else {
    yield { file: { name: start.name, sourcePath: start.path, byteLength: info.size } };
  }
}
