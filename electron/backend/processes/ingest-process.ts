// A process of its own: it parses files of strangers and is killed when it takes too long or too much.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { createWindowedSource } from '#shared/dicom/byte-source.ts';
import { readInstance } from '#shared/dicom/read-instance.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import { vrOf } from './dictionary.ts';
import type { IngestReply, IngestRequest, IngestedFile } from './ingest-messages.ts';

const COPY_CHUNK_BYTES = 1024 * 1024;
const chunk = new Uint8Array(COPY_CHUNK_BYTES);

process.on('message', (message) => {
  const request = message as IngestRequest;
  process.send?.(answer(request));
});
process.on('disconnect', () => process.exit(0));

function answer(request: IngestRequest): IngestReply {
  try {
    return { id: request.id, ok: true, file: ingest(request) };
  } catch (error) {
    rmSync(request.stagingPath, { force: true });
    const refusal = error instanceof Refusal ? error : refusalOf(error);
    return { id: request.id, ok: false, code: refusal.code, detail: refusal.detail };
  }
}

function ingest({ sourcePath, stagingPath }: IngestRequest): IngestedFile {
  const sourceFile = openSync(sourcePath, 'r');
  try {
    const { size } = fstatSync(sourceFile);
    const source = createWindowedSource(size, (offset, target) => readFully(sourceFile, offset, target));
    const { metadata, ...read } = readInstance(source, {
      vrOf,
      toBase64: (bytes) => Buffer.from(bytes).toString('base64'),
    });
    const copied = copyWithHashes(sourceFile, stagingPath, size, read.dataSetOffset);
    return {
      ...read,
      ...copied,
      byteLength: size,
      metadata: deflateRawSync(JSON.stringify(metadata), { level: 3 }),
    };
  } finally {
    closeSync(sourceFile);
  }
}

function copyWithHashes(sourceFile: number, stagingPath: string, size: number, dataSetOffset: number) {
  const fileHash = createHash('sha256');
  const dataSetHash = createHash('sha256');
  const staged = openSync(stagingPath, 'wx', 0o600);
  try {
    for (let offset = 0; offset < size;) {
      const length = readFully(sourceFile, offset, chunk.subarray(0, Math.min(chunk.length, size - offset)));
      if (length === 0) throw new Refusal('truncated', 'the file became shorter while it was read');
      const bytes = chunk.subarray(0, length);
      fileHash.update(bytes);
      dataSetHash.update(bytes.subarray(Math.min(length, Math.max(0, dataSetOffset - offset))));
      writeSync(staged, bytes);
      offset += length;
    }
    fsyncSync(staged);
  } finally {
    closeSync(staged);
  }
  return { fileSha256: fileHash.digest('hex'), dataSetSha256: dataSetHash.digest('hex') };
}

function readFully(file: number, offset: number, target: Uint8Array): number {
  let total = 0;
  while (total < target.length) {
    const count = readSync(file, target, total, target.length - total, offset + total);
    if (count === 0) break;
    total += count;
  }
  return total;
}

function refusalOf(error: unknown): Refusal {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Refusal('disk-full', code);
  if (code === 'ENOENT') return new Refusal('missing-file', code);
  if (typeof code === 'string') return new Refusal('unreadable', code);
  return new Refusal('malformed', error instanceof Error ? error.message : 'unknown failure');
}
