import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncFolder, syncFolderAside } from '#backend/database/durable-file.ts';
import type { KeyProvider } from '#backend/keys.ts';
import { readSealed, sealedChunks, sealedLength } from '#backend/sealed-file.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** Files named by the SHA-256 of their bytes, in 256 folders. Nothing read from DICOM becomes a path. */
export class ObjectStore {
  readonly #objectsDir: string;
  readonly #stagingDir: string;
  readonly #keys: KeyProvider;
  #nextStaging = 0;

  constructor(dataDir: string, keys: KeyProvider) {
    this.#keys = keys;
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
    syncFolder(this.#objectsDir);
  }

  newStagingPath(): string {
    return path.join(this.#stagingDir, `${process.pid}-${this.#nextStaging++}`);
  }

  /** Moves staged, already synced bytes to their place. Durable after `syncFolders`. */
  adopt(stagingPath: string, sha256: string): void {
    renameSync(stagingPath, this.pathOf(sha256));
  }

  /** Removes a staged file or folder that is not wanted after all. */
  discard(stagingPath: string): void {
    rmSync(stagingPath, { recursive: true, force: true });
  }

  exists(sha256: string): boolean {
    return existsSync(this.pathOf(sha256));
  }

  /** Whether the object is there in full length; only `hashOf` can tell whether it is intact. */
  has(sha256: string, byteLength: number): boolean {
    const info = statSync(this.pathOf(sha256), { throwIfNoEntry: false });
    return info?.size === sealedLength(byteLength, this.#keys);
  }

  /** Forgets an object that no row names any more. */
  remove(sha256: string): void {
    rmSync(this.pathOf(sha256), { force: true });
  }

  /** Makes the names of adopted objects survive power loss. */
  syncFolders(sha256s: Iterable<string>): void {
    const folders = new Set([...sha256s].map((sha256) => path.dirname(this.pathOf(sha256))));
    for (const folder of folders) syncFolder(folder);
  }

  /** The same without keeping this thread; two at a time, so that readers of pixels find a thread, too. */
  async syncFoldersAside(sha256s: Iterable<string>): Promise<void> {
    const folders = new Set([...sha256s].map((sha256) => path.dirname(this.pathOf(sha256))));
    const left = [...folders];
    const syncNext = async () => {
      for (let folder = left.pop(); folder !== undefined; folder = left.pop()) await syncFolderAside(folder);
    };
    await Promise.all([syncNext(), syncNext()]);
  }

  pathOf(sha256: string): string {
    if (!SHA256.test(sha256)) throw new Error('not a SHA-256');
    return path.join(this.#objectsDir, sha256.slice(0, 2), sha256);
  }

  read(sha256: string, offset: number, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
    return readSealed(this.pathOf(sha256), this.#keys, offset, byteLength);
  }

  /** Names of all objects there are. */
  async *list(): AsyncGenerator<string> {
    for (const folder of await readdir(this.#objectsDir)) {
      for (const name of await readdir(path.join(this.#objectsDir, folder)))
        if (SHA256.test(name)) yield name;
    }
  }

  /** The object as the file it once was, for whoever reads files; to be discarded afterwards. */
  async unsealed(sha256: string): Promise<string> {
    const file = this.newStagingPath();
    await pipeline(
      Readable.from(sealedChunks(this.pathOf(sha256), this.#keys)),
      createWriteStream(file, { flags: 'wx', mode: 0o600 }),
    );
    return file;
  }
}
