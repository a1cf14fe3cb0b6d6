// Where instance bytes live: files named by their hash against blobs in SQLite (docs/decisions/0015).
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { plainKeyProvider } from '#backend/keys.ts';
import { SealedFileWriter, readSealed } from '#backend/sealed-file.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';
import { median } from './measured.ts';
import type { Measured } from './measured.ts';

const FILES = 300;
const ROUNDS = 5;
const HEAD_BYTES = 4 * 1024;
const FRAME_BYTES = 512 * 512 * 2;
const TAIL_BYTES = 64;
const keys = plainKeyProvider;

interface Candidate {
  /** Makes a batch durable. */
  put(batch: readonly Uint8Array[]): void;
  readFrame(sha256: string): Promise<Uint8Array>;
  close(): void;
}

function openIndex(directory: string, pageBytes: number): Database.Database {
  const database = new Database(path.join(directory, 'index.sqlite3'));
  database.pragma(`page_size = ${pageBytes}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('cache_size = -65536');
  database.exec('CREATE TABLE instances (sha256 TEXT PRIMARY KEY, byte_length INTEGER NOT NULL) STRICT');
  return database;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

function createFiles(directory: string): Candidate {
  const database = openIndex(directory, 4096);
  const insert = database.prepare('INSERT INTO instances VALUES (?, ?)');
  const folderOf = (sha256: string) => path.join(directory, 'objects', sha256.slice(0, 2));
  for (let byte = 0; byte < 256; byte++) {
    mkdirSync(folderOf(byte.toString(16).padStart(2, '0')), { recursive: true });
  }
  let staged = 0;
  return {
    put(batch) {
      const named = batch.map((bytes) => {
        const stagingPath = path.join(directory, `staging-${staged++}`);
        const writer = new SealedFileWriter(stagingPath, keys);
        writer.write(bytes);
        writer.sync();
        writer.close();
        return { stagingPath, sha256: hashOf(bytes), byteLength: bytes.length };
      });
      for (const { stagingPath, sha256 } of named)
        renameSync(stagingPath, path.join(folderOf(sha256), sha256));
      for (const folder of new Set(named.map(({ sha256 }) => folderOf(sha256)))) syncFolder(folder);
      database.transaction(() => named.forEach(({ sha256, byteLength }) => insert.run(sha256, byteLength)))();
    },
    readFrame: (sha256) => readSealed(path.join(folderOf(sha256), sha256), keys, HEAD_BYTES, FRAME_BYTES),
    close: () => database.close(),
  };
}

function createBlobs(directory: string, pageBytes: number): Candidate {
  const database = openIndex(directory, pageBytes);
  database.exec(
    'CREATE TABLE parts (sha256 TEXT, part INTEGER, bytes BLOB, PRIMARY KEY (sha256, part)) STRICT',
  );
  const insert = database.prepare('INSERT INTO instances VALUES (?, ?)');
  const insertPart = database.prepare('INSERT INTO parts VALUES (?, ?, ?)');
  const frame = database.prepare('SELECT bytes FROM parts WHERE sha256 = ? AND part = 1').pluck();
  return {
    put(batch) {
      database.transaction(() => {
        for (const bytes of batch) {
          const sha256 = hashOf(bytes);
          insert.run(sha256, bytes.length);
          const ends = [0, HEAD_BYTES, HEAD_BYTES + FRAME_BYTES, bytes.length];
          for (let part = 0; part < 3; part++) {
            insertPart.run(sha256, part, keys.seal(bytes.subarray(ends[part], ends[part + 1]), part));
          }
        }
      })();
    },
    readFrame: async (sha256) => keys.open(frame.get(sha256) as Uint8Array, 1),
    close: () => database.close(),
  };
}

const candidates: Readonly<Record<string, (directory: string) => Candidate>> = {
  files: createFiles,
  'blobs, 4 KiB pages': (directory) => createBlobs(directory, 4096),
  'blobs, 32 KiB pages': (directory) => createBlobs(directory, 32768),
};

/** Instances and frames per second. */
async function measureCandidate(name: string, batchFiles: number): Promise<{ ingest: number; read: number }> {
  const directory = temporaryDirectory();
  const open = candidates[name];
  if (!open) throw new Error(`no candidate ${name}`);
  const candidate = open(directory.path);
  const files = Array.from({ length: FILES }, () => randomBytes(HEAD_BYTES + FRAME_BYTES + TAIL_BYTES));
  try {
    const start = performance.now();
    for (let index = 0; index < FILES; index += batchFiles)
      candidate.put(files.slice(index, index + batchFiles));
    const ingestMs = performance.now() - start;
    const hashes = files.map(hashOf);
    const readStart = performance.now();
    for (let round = 0; round < 3; round++) for (const sha256 of hashes) await candidate.readFrame(sha256);
    const readMs = performance.now() - readStart;
    return { ingest: (FILES / ingestMs) * 1000, read: ((3 * FILES) / readMs) * 1000 };
  } finally {
    candidate.close();
    directory.remove();
  }
}

export const bench = {
  name: 'storage-candidates',
  run: async (): Promise<Measured[]> => {
    const measured: Measured[] = [];
    for (const batchFiles of [1, 64]) {
      const label = batchFiles === 1 ? 'one by one' : `batches of ${batchFiles}`;
      const rates = new Map<string, { ingest: number; read: number }[]>();
      // Turn by turn, so that what else the machine does meets all of them.
      for (let round = 0; round < ROUNDS; round++) {
        for (const name of Object.keys(candidates)) {
          rates.set(name, [...(rates.get(name) ?? []), await measureCandidate(name, batchFiles)]);
        }
      }
      for (const [name, rounds] of rates) {
        const ingest = median(rounds.map((rate) => rate.ingest));
        const read = median(rounds.map((rate) => rate.read));
        measured.push({ measure: `${name}, ${label}: ingest`, value: ingest, unit: 'instances/s' });
        measured.push({ measure: `${name}, ${label}: frames read, warm`, value: read, unit: 'frames/s' });
      }
    }
    return measured;
  },
};
