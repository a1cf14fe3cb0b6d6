import type { BigIntStats, Dirent } from 'node:fs';
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { MEDIA_STORAGE_DIRECTORY } from '#shared/dicom/file-meta.ts';
import type { RejectedFile } from '#shared/contract/import.ts';
import type { RefusalCode } from '#shared/domain/refusal.ts';
import type { ZipEntryPlace } from '#backend/processes/ingest-messages.ts';
import type { IngestPool } from './ingest-pool.ts';

/** Where an import starts looking: a file or folder. */
export interface FindStart {
  readonly path: string;
  /** What a person knows it by. */
  readonly name: string;
}

/** One file that an import will read. */
export interface FoundFile {
  /** What a person knows it by: its path, with the path inside an archive appended. */
  readonly name: string;
  /** Where its bytes are, or the archive that holds them. */
  readonly sourcePath: string;
  readonly zipEntry?: ZipEntryPlace;
  readonly byteLength: number;
  /** Called once the import is done with the source, whatever became of it. */
  readonly release?: () => Promise<void>;
}

export type Found = { readonly file: FoundFile } | { readonly rejected: RejectedFile };

/** What the finder asks helpers to open: archives and indexes come from strangers too. */
export type ContainerReader = Pick<IngestPool, 'listZip' | 'readDirectory'>;

/**
 * Every file in the given files, folders, zip archives and DICOMDIR media, in the order a person would
 * list them. Links are followed while they stay inside what was given, each folder is read once, nothing but
 * files is opened. A DICOMDIR given by itself stands for the files it names; one met in a folder is an index
 * beside them, and only says which are missing.
 */
export async function* findFiles(
  starts: readonly FindStart[],
  signal: AbortSignal,
  containers: ContainerReader,
): AsyncGenerator<Found> {
  const finder = new Finder(signal, containers);
  for (const start of starts) yield* finder.findFrom(start);
}

class Finder {
  readonly #signal: AbortSignal;
  readonly #containers: ContainerReader;
  readonly #foldersSeen = new Set<string>();
  /** Where the given path really is; a link that leads out of it is somebody else's idea. */
  #root = '';

  constructor(signal: AbortSignal, containers: ContainerReader) {
    this.#signal = signal;
    this.#containers = containers;
  }

  async *findFrom(start: FindStart): AsyncGenerator<Found> {
    this.#root = await realpath(start.path).catch(() => start.path);
    yield* this.#find(start, true);
  }

  async *#find(start: FindStart, isGiven: boolean): AsyncGenerator<Found> {
    if (this.#signal.aborted) return;
    let info: BigIntStats;
    try {
      info = await stat(start.path, { bigint: true });
    } catch (error) {
      yield refusedBy(start.name, error);
      return;
    }
    if (info.isDirectory()) yield* this.#folder(start, info);
    else if (info.isFile()) yield* this.#file(start, Number(info.size), isGiven);
    else yield rejected(start.name, 'not-a-file', 'a device or pipe');
  }

  async *#folder(folder: FindStart, info: BigIntStats): AsyncGenerator<Found> {
    // Links can make a folder its own descendant.
    const identity = `${info.dev}:${info.ino}`;
    if (this.#foldersSeen.has(identity)) return;
    this.#foldersSeen.add(identity);
    let entries: Dirent[];
    try {
      entries = await readdir(folder.path, { withFileTypes: true });
    } catch (error) {
      yield refusedBy(folder.name, error);
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const found = below(folder, entry.name);
      if (entry.isSymbolicLink() && (await this.#leadsOut(found.path))) {
        yield rejected(found.name, 'link-outside', 'leads out of the given folder');
      } else {
        yield* this.#find(found, false);
      }
    }
  }

  /** False for one that leads nowhere: opening it says so. */
  async #leadsOut(link: string): Promise<boolean> {
    const target = await realpath(link).catch(() => undefined);
    return target !== undefined && target !== this.#root && !isBelow(target, this.#root);
  }

  async *#file(file: FindStart, byteLength: number, isGiven: boolean): AsyncGenerator<Found> {
    let kind: FileKind;
    try {
      kind = await kindOf(file.path);
    } catch (error) {
      yield refusedBy(file.name, error);
      return;
    }
    if (kind === 'zip') yield* this.#zip(file);
    else if (kind === 'other') yield { file: { name: file.name, sourcePath: file.path, byteLength } };
    else yield* this.#media(file, isGiven);
  }

  async *#zip(archive: FindStart): AsyncGenerator<Found> {
    const listing = await this.#containers.listZip(archive.path);
    if (!listing.ok) {
      yield rejected(archive.name, listing.code, listing.detail);
      return;
    }
    for (const { name, place, refused } of listing.entries) {
      if (this.#signal.aborted) return;
      if (refused) yield rejected(`${archive.name}: ${name}`, refused.code, refused.detail);
      // An index beside its files, as in a folder.
      if (!place || path.posix.basename(name).toUpperCase() === 'DICOMDIR') continue;
      const shown = path.join(archive.name, name);
      const byteLength = place.uncompressedBytes;
      yield { file: { name: shown, sourcePath: archive.path, zipEntry: place, byteLength } };
    }
  }

  /** @param isGiven the index stands for its files; otherwise they are found beside it anyway */
  async *#media(directory: FindStart, isGiven: boolean): AsyncGenerator<Found> {
    const listing = await this.#containers.readDirectory(directory.path);
    if (!listing.ok) {
      if (isGiven) yield rejected(directory.name, listing.code, listing.detail);
      return;
    }
    const root = { path: path.dirname(directory.path), name: path.dirname(directory.name) };
    const medium = new Medium(root.path);
    const taken = new Set<string>();
    for (const names of listing.files) {
      if (this.#signal.aborted) return;
      const located = await medium.locate(names);
      if (located === 'missing') {
        // A scratched CD or a half copied folder: nobody else would notice.
        yield rejected(path.join(root.name, ...names), 'missing-file', 'named in the DICOMDIR');
      } else if (!isGiven) {
        continue;
      } else if (located === 'unsafe') {
        const shown = `${directory.name}: ${names.join('\\')}`;
        yield rejected(shown, 'directory-unsafe-path', 'leads out of the medium');
      } else {
        const file = below(root, ...located.names);
        if (!taken.has(file.path)) yield* this.#find(file, false);
        taken.add(file.path);
      }
    }
  }
}

function below(folder: FindStart, ...names: readonly string[]): FindStart {
  return { path: path.join(folder.path, ...names), name: path.join(folder.name, ...names) };
}

/** Finds files by the names of a DICOMDIR, which are upper case whatever the file system made of them. */
class Medium {
  readonly #root: string;
  readonly #folders = new Map<string, readonly string[]>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The names as they really are. */
  async locate(names: readonly string[]): Promise<{ readonly names: string[] } | 'unsafe' | 'missing'> {
    if (names.length === 0 || names.some(isUnsafeName)) return 'unsafe';
    const real: string[] = [];
    for (const name of names) {
      const found = matching(await this.#list(path.join(this.#root, ...real)), name);
      if (found === undefined) return 'missing';
      real.push(found);
    }
    const [root, target] = await Promise.all([
      realpath(this.#root),
      realpath(path.join(this.#root, ...real)),
    ]);
    return isBelow(target, root) ? { names: real } : 'unsafe';
  }

  async #list(folder: string): Promise<readonly string[]> {
    const known = this.#folders.get(folder);
    if (known) return known;
    const names = await readdir(folder).catch(() => []);
    this.#folders.set(folder, names);
    return names;
  }
}

function isBelow(target: string, folder: string): boolean {
  return target.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

function isUnsafeName(name: string): boolean {
  return name === '' || name === '.' || name === '..' || /[/\\:\0]/.test(name);
}

function matching(present: readonly string[], wanted: string): string | undefined {
  if (present.includes(wanted)) return wanted;
  // ISO 9660 shows versions and empty extensions: "IM1.;1".
  const plain = (name: string) => name.toUpperCase().replace(/;\d+$/, '').replace(/\.$/, '');
  return present.find((name) => plain(name) === plain(wanted));
}

type FileKind = 'zip' | 'media-directory' | 'other';

const HEAD_BYTES = 1024;
const DIRECTORY_UID = new RegExp(`${MEDIA_STORAGE_DIRECTORY.replaceAll('.', '\\.')}(?![0-9.])`);

/** By its first bytes; names lie. */
async function kindOf(file: string): Promise<FileKind> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return 'zip';
    return head.startsWith('DICM', 128) && DIRECTORY_UID.test(head) ? 'media-directory' : 'other';
  } finally {
    await handle.close();
  }
}

function rejected(file: string, code: RefusalCode, detail: string): Found {
  return { rejected: { file, code, detail } };
}

function refusedBy(file: string, error: unknown): Found {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return code === 'ENOENT'
    ? rejected(file, 'missing-file', 'no such file or folder')
    : rejected(file, 'unreadable', code);
}
