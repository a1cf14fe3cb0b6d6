import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';

/** Files named by the SHA-256 of their bytes, in 256 folders. Nothing read from DICOM becomes a path. */
export class ObjectStore {
  readonly #objectsDir: string;
  readonly #stagingDir: string;
  #nextStaging = 0;

  constructor(dataDir: string) {
    this.#objectsDir = path.join(dataDir, 'objects');
    this.#stagingDir = path.join(dataDir, 'staging');
    // Whatever is staged belongs to a process that is gone: this one holds the data folder's lock.
    rmSync(this.#stagingDir, { recursive: true, force: true });
    mkdirSync(this.#stagingDir, { recursive: true, mode: 0o700 });
    for (let byte = 0; byte < 256; byte++) {
      mkdirSync(path.join(this.#objectsDir, byte.toString(16).padStart(2, '0')), {
        recursive: true,
        mode: 0o700,
      });
    }
    syncDirectory(this.#objectsDir);
  }

  newStagingPath(): string {
    return path.join(this.#stagingDir, `${process.pid}-${this.#nextStaging++}`);
  }

  /** Moves staged, already synced bytes to their place. Durable after `syncFolders`. */
  adopt(stagingPath: string, sha256: string): void {
    renameSync(stagingPath, this.pathOf(sha256));
  }

  /** Removes a staged file that is not wanted after all. */
  discard(stagingPath: string): void {
    rmSync(stagingPath, { force: true });
  }

  /** Whether the object is there in full length; only `hashOf` can tell whether it is intact. */
  has(sha256: string, byteLength: number): boolean {
    return statSync(this.pathOf(sha256), { throwIfNoEntry: false })?.size === byteLength;
  }

  /** Forgets an object that no row names any more. */
  remove(sha256: string): void {
    rmSync(this.pathOf(sha256), { force: true });
  }

  /** Makes the names of adopted objects survive power loss. */
  syncFolders(sha256s: Iterable<string>): void {
    const folders = new Set([...sha256s].map((sha256) => path.dirname(this.pathOf(sha256))));
    for (const folder of folders) syncDirectory(folder);
  }

  pathOf(sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('not a SHA-256');
    return path.join(this.#objectsDir, sha256.slice(0, 2), sha256);
  }

  async read(sha256: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    const file = await open(this.pathOf(sha256), 'r');
    try {
      const target = Buffer.allocUnsafe(byteLength);
      const { bytesRead } = await file.read(target, 0, byteLength, offset);
      if (bytesRead < byteLength) throw new Error(`object ${sha256} is shorter than its index says`);
      return target;
    } finally {
      await file.close();
    }
  }

  hashOf(sha256: string): string {
    const file = openSync(this.pathOf(sha256), 'r');
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(1024 * 1024);
    try {
      for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
        hash.update(chunk.subarray(0, length));
      }
    } finally {
      closeSync(file);
    }
    return hash.digest('hex');
  }
}

function syncDirectory(directory: string): void {
  // Windows cannot sync a directory; its file systems journal renames.
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
