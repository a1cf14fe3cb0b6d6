import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Bytes as they go to disk and come back; see `keys.ts`. */
export interface Sealing {
  seal(plain: Uint8Array): Uint8Array;
  open(stored: Uint8Array): Uint8Array;
}

export interface ThumbnailCache {
  find(fileSha256: string, description: string): Promise<Uint8Array | undefined>;
  keep(fileSha256: string, description: string, bytes: Uint8Array): Promise<void>;
}

/**
 * Thumbnails on disk, in a folder for each archived file by its content hash, so that one removal takes all of a
 * file's. They can be made again at any time: nothing is synced, a failure to write is no failure.
 */
export function createThumbnailCache(dataDir: string, sealing: Sealing): ThumbnailCache {
  const root = path.join(dataDir, 'thumbnails');
  let written = 0;
  return {
    find: async (fileSha256, description) => {
      try {
        return sealing.open(await readFile(path.join(folderOf(root, fileSha256), nameOf(description))));
      } catch {
        return undefined;
      }
    },
    keep: async (fileSha256, description, bytes) => {
      const folder = folderOf(root, fileSha256);
      const unfinished = path.join(root, `unfinished-${process.pid}-${written++}`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(unfinished, sealing.seal(bytes), { mode: 0o600 });
        await rename(unfinished, path.join(folder, nameOf(description)));
      } catch {
        await rm(unfinished, { force: true });
      }
    },
  };
}

function folderOf(root: string, fileSha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(fileSha256)) throw new Error('not a SHA-256');
  return path.join(root, fileSha256.slice(0, 2), fileSha256);
}

function nameOf(description: string): string {
  return createHash('sha256').update(description).digest('hex').slice(0, 32);
}
