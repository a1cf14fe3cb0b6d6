// A process of its own: it hashes, copies and checks whole files, for minutes, beside a workstation at work.
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { SEALED_BLOCK_BYTES, plainKeyProvider } from '#backend/keys.ts';
import type { CareReply, CareRequest, CareWork, CopyOutcome } from './care-messages.ts';
import { watchMemory } from './memory-watchdog.ts';
import { connectToParent } from './parent-channel.ts';

const { values } = parseArgs({ options: { 'resident-limit-bytes': { type: 'string' } } });
watchMemory(Number(values['resident-limit-bytes'] ?? Infinity));

const keys = plainKeyProvider;
const SEALED_BYTES = SEALED_BLOCK_BYTES + keys.overheadBytes;
const chunk = Buffer.allocUnsafe(16 * SEALED_BYTES);

const parent = connectToParent();
parent.onMessage((message) => {
  const request = message as CareRequest;
  parent.send(answer(request));
});

function answer(request: CareRequest): CareReply {
  const { id } = request;
  try {
    return { id, ok: true, value: work(request) };
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    return { id, ok: false, code, detail: message };
  }
}

function work(request: CareWork): string | readonly string[] {
  switch (request.kind) {
    case 'hash':
      return hashOf(request.path);
    case 'copy':
      return copy(request.from, request.to, request.sha256);
    case 'check-database':
      return checkDatabase(request.file);
    default:
      throw new Error('unknown work');
  }
}

/** Reads a stored object piece by piece, as it lies on the disk. */
function forEachPiece(file: string, visit: (sealed: Uint8Array, plain: Uint8Array) => void): void {
  const handle = openSync(file, 'r');
  try {
    for (let index = 0; ;) {
      const length = readFully(handle, chunk);
      for (let at = 0; at < length; at += SEALED_BYTES, index++) {
        const sealed = chunk.subarray(at, Math.min(length, at + SEALED_BYTES));
        visit(sealed, keys.open(sealed, index));
      }
      if (length < chunk.length) return;
    }
  } finally {
    closeSync(handle);
  }
}

function readFully(handle: number, target: Uint8Array): number {
  let total = 0;
  while (total < target.length) {
    const count = readSync(handle, target, total, target.length - total, null);
    if (count === 0) break;
    total += count;
  }
  return total;
}

function hashOf(file: string): string {
  const hash = createHash('sha256');
  forEachPiece(file, (_, plain) => hash.update(plain));
  return hash.digest('hex');
}

function copy(from: string, to: string, sha256: string): CopyOutcome {
  if (existsSync(to) && hashOf(to) === sha256) return 'already-there';
  if (!existsSync(from)) return 'source-missing';
  mkdirSync(path.dirname(to), { recursive: true, mode: 0o700 });
  const part = `${to}.part`;
  rmSync(part, { force: true });
  try {
    if (copyWithHash(from, part) !== sha256) return 'source-damaged';
    // Read back, so that a copy is only called one when it can be read.
    if (hashOf(part) !== sha256) throw Object.assign(new Error('read back differently'), { code: 'EIO' });
    renameSync(part, to);
    syncFolder(path.dirname(to));
    return 'copied';
  } finally {
    rmSync(part, { force: true });
  }
}

function copyWithHash(from: string, to: string): string {
  const hash = createHash('sha256');
  const target = openSync(to, 'wx', 0o600);
  try {
    forEachPiece(from, (sealed, plain) => {
      hash.update(plain);
      for (let written = 0; written < sealed.length;) written += writeSync(target, sealed, written);
    });
    fsyncSync(target);
  } finally {
    closeSync(target);
  }
  return hash.digest('hex');
}

function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const FINDINGS_SHOWN = 100;

function checkDatabase(file: string): readonly string[] {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    keys.unlockDatabase(database);
    const found = database.pragma(`integrity_check(${FINDINGS_SHOWN})`) as { integrity_check: string }[];
    const messages = found.map((row) => row.integrity_check).filter((message) => message !== 'ok');
    const broken = database.pragma('foreign_key_check') as { table: string; parent: string }[];
    return [
      ...messages,
      ...broken
        .slice(0, FINDINGS_SHOWN)
        .map(({ table, parent }) => `${table} names a missing row of ${parent}`),
    ];
  } finally {
    database.close();
  }
}
