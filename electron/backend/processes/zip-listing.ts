import path from 'node:path';
import { openPromise } from 'yauzl';
import type { Entry } from 'yauzl';
import { limits } from '#shared/dicom/limits.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import type { ZipEntry, ZipEntryPlace } from './ingest-messages.ts';
import { zipName } from './zip-name.ts';

const STORED = 0;
const DEFLATED = 8;

/**
 * The files of a zip archive, without reading them. What one of them says of itself cannot harm the
 * others; what makes the whole archive unbelievable refuses it.
 *
 * @throws Refusal `zip-malformed`, `zip-too-large`
 */
export async function listZip(archivePath: string): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  try {
    const zip = await openPromise(archivePath, { decodeStrings: false, autoClose: true });
    try {
      if (zip.entryCount > limits.zipEntries) {
        throw new Refusal('zip-too-large', `more than ${limits.zipEntries} files`);
      }
      for await (const entry of zip.eachEntry()) {
        if (!isFolder(entry)) entries.push(listed(entry));
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    if (error instanceof Refusal || (error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new Refusal('zip-malformed', error instanceof Error ? error.message : 'unreadable');
  }
  refuseBombs(entries);
  return entries;
}

function listed(entry: Entry): ZipEntry {
  const name = zipName(entry);
  const refused = (code: 'zip-unsafe-path' | 'zip-encrypted' | 'zip-unsupported', detail: string) => ({
    name,
    refused: { code, detail },
  });
  if (isUnsafe(name)) return refused('zip-unsafe-path', 'leads out of the archive');
  if (entry.isEncrypted()) return refused('zip-encrypted', 'encrypted');
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    return refused('zip-unsupported', `compression method ${entry.compressionMethod}`);
  }
  return {
    name,
    place: {
      localHeaderOffset: entry.relativeOffsetOfLocalHeader,
      compressedBytes: entry.compressedSize,
      uncompressedBytes: entry.uncompressedSize,
      method: entry.compressionMethod,
      crc32: entry.crc32,
    },
  };
}

/** Names are only shown, never written to; a path out of the archive still says what somebody was up to. */
function isUnsafe(name: string): boolean {
  const parts = name.split(/[/\\]/);
  return (
    path.posix.isAbsolute(name) || path.win32.isAbsolute(name) || parts.includes('..') || name.includes('\0')
  );
}

function isFolder(entry: Entry): boolean {
  return (
    (entry.fileNameRaw.at(-1) === 0x2f || entry.fileNameRaw.length === 0) && entry.uncompressedSize === 0
  );
}

/**
 * Files that share their bytes, or that are far larger than the archive could hold.
 *
 * @throws Refusal `zip-malformed`, `zip-too-large`
 */
export function refuseBombs(entries: readonly ZipEntry[]): void {
  const places = entries
    .map(({ place }) => place)
    .filter((place): place is ZipEntryPlace => place !== undefined)
    .sort((a, b) => a.localHeaderOffset - b.localHeaderOffset);
  let compressed = 0;
  let uncompressed = 0;
  let previousEnd = 0;
  for (const place of places) {
    if (place.localHeaderOffset < previousEnd) throw new Refusal('zip-malformed', 'files overlap');
    previousEnd = place.localHeaderOffset + place.compressedBytes;
    compressed += place.compressedBytes;
    uncompressed += place.uncompressedBytes;
  }
  const isBomb =
    uncompressed > limits.zipBytes ||
    (uncompressed > 16 * limits.inflationFreeBytes && uncompressed > compressed * limits.zipRatio);
  if (isBomb) throw new Refusal('zip-too-large', `${compressed} bytes become ${uncompressed}`);
}
