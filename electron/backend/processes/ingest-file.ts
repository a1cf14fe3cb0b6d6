import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { createMemorySource, createWindowedSource } from '#shared/dicom/byte-source.ts';
import type { ByteSource } from '#shared/dicom/byte-source.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { readFileStart } from '#shared/dicom/file-meta.ts';
import type { FileStart } from '#shared/dicom/file-meta.ts';
import { limits } from '#shared/dicom/limits.ts';
import { readInstance } from '#shared/dicom/read-instance.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import { plainKeyProvider } from '#backend/keys.ts';
import { SealedFileReader, SealedFileWriter } from '#backend/sealed-file.ts';
import { vrOf } from './dictionary.ts';
import { openRegularFile, readChunks, readWhole } from './file-bytes.ts';
import { inflateToFile } from './inflated-data-set.ts';
import type { IngestedFile, IngestRequest } from './ingest-messages.ts';
import { readZipEntry } from './zip-entry.ts';

export type ReportBytes = (bytesDone: number) => void;

/** Up to here a file is read once and handled in memory. */
const IN_MEMORY_BYTES = 16 * 1024 * 1024;
/** The same memory for every file: fresh memory costs more than the reading. */
let wholeFile: Buffer | undefined;
/** Asked of the disk piece by piece, so that a slow one never takes long for a single answer. */
const SYNC_INTERVAL_BYTES = 32 * 1024 * 1024;

/**
 * Reads the header of a file and leaves its original bytes, durable, at the staging path.
 *
 * @throws Refusal or a file system error; nothing is left at the staging path then
 */
export async function ingest(
  request: Extract<IngestRequest, { kind: 'ingest' }>,
  report: ReportBytes,
): Promise<IngestedFile> {
  const { sourcePath, zipEntry, stagingPath } = request;
  const source = openRegularFile(sourcePath);
  try {
    const byteLength = zipEntry?.uncompressedBytes ?? source.byteLength;
    if (byteLength <= IN_MEMORY_BYTES) {
      const bytes = zipEntry
        ? await joined(readZipEntry(source, zipEntry), byteLength)
        : readWhole(source, (wholeFile ??= Buffer.allocUnsafeSlow(IN_MEMORY_BYTES)));
      return await ingestBytes(bytes, stagingPath);
    }
    const chunks = zipEntry ? readZipEntry(source, zipEntry) : readChunks(source);
    return await ingestStream(chunks, stagingPath, report);
  } catch (error) {
    rmSync(stagingPath, { force: true });
    throw error;
  } finally {
    source.close();
  }
}

/** Nothing is written before the header is read: most refused files never touch the disk. */
async function ingestBytes(bytes: Uint8Array, stagingPath: string): Promise<IngestedFile> {
  const source = createMemorySource(bytes);
  const start = startOf(source);
  const read = await readHeader(source, start, stagingPath);
  const staged = new SealedFileWriter(stagingPath, plainKeyProvider);
  try {
    staged.write(bytes);
    staged.sync();
  } finally {
    staged.close();
  }
  return {
    ...read,
    fileSha256: createHash('sha256').update(bytes).digest('hex'),
    dataSetSha256: createHash('sha256').update(bytes.subarray(start.dataSetOffset)).digest('hex'),
    byteLength: bytes.byteLength,
  };
}

/** The header is read from the copy, so that what is indexed is what is kept, whoever writes to the source. */
async function ingestStream(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  stagingPath: string,
  report: ReportBytes,
): Promise<IngestedFile> {
  const { start, ...copied } = await copyWithHashes(chunks, stagingPath, report);
  const staged = new SealedFileReader(stagingPath, plainKeyProvider);
  try {
    const source = createWindowedSource(copied.byteLength, (offset, target) => staged.readAt(offset, target));
    return { ...copied, ...(await readHeader(source, start, stagingPath)) };
  } finally {
    staged.close();
  }
}

async function readHeader(source: ByteSource, start: FileStart, stagingPath: string) {
  if (!start.transferSyntax.deflated) return readDataSet(start, source, start.dataSetOffset);
  const inflatedPath = `${stagingPath}.inflated`;
  try {
    const inflated = await inflateToFile(source, start.dataSetOffset, inflatedPath);
    try {
      return readDataSet(start, inflated.source, 0);
    } finally {
      inflated.close();
    }
  } finally {
    rmSync(inflatedPath, { force: true });
  }
}

function readDataSet(start: FileStart, source: ByteSource, offset: number) {
  const toBase64 = (bytes: Uint8Array) => bufferOf(bytes).toString('base64');
  const { metadata, ...read } = readInstance(start, { source, offset }, { vrOf, toBase64 });
  return { ...read, metadata: deflateRawSync(jsonText(metadata), { level: 3 }) };
}

function jsonText(metadata: DicomJson): Buffer {
  try {
    const text = Buffer.from(JSON.stringify(metadata));
    if (text.byteLength <= limits.metadataBytes) return text;
  } catch (error) {
    // Longer than any string can be.
    if (!(error instanceof RangeError)) throw error;
  }
  throw new Refusal('header-too-large', `more than ${limits.metadataBytes} bytes as text`);
}

async function copyWithHashes(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  stagingPath: string,
  report: ReportBytes,
) {
  const fileHash = createHash('sha256');
  const dataSetHash = createHash('sha256');
  const staged = new SealedFileWriter(stagingPath, plainKeyProvider);
  let start: FileStart | undefined;
  let byteLength = 0;
  let unsyncedBytes = 0;
  try {
    for await (const chunk of chunks) {
      // The first chunk holds the longest File Meta Information that is taken.
      start ??= startOf(createMemorySource(chunk));
      fileHash.update(chunk);
      updateFrom(dataSetHash, chunk, start.dataSetOffset - byteLength);
      staged.write(chunk);
      byteLength += chunk.byteLength;
      unsyncedBytes += chunk.byteLength;
      if (unsyncedBytes < SYNC_INTERVAL_BYTES) continue;
      staged.syncSoFar();
      unsyncedBytes = 0;
      report(byteLength);
      // Lets the report leave.
      await new Promise(setImmediate);
    }
    staged.sync();
  } finally {
    staged.close();
  }
  if (!start) throw new Refusal('empty-file', 'no bytes');
  return { start, byteLength, fileSha256: fileHash.digest('hex'), dataSetSha256: dataSetHash.digest('hex') };
}

/** Says what a compressed file is, where the DICOM reader only sees that it is none. */
function startOf(source: ByteSource): FileStart {
  const [first, second] = source.read(0, Math.min(2, source.byteLength));
  if (first === 0x1f && second === 0x8b) throw new Refusal('compressed-file', 'gzip');
  if (first === 0x50 && second === 0x4b) throw new Refusal('zip-nested', 'zip inside a zip');
  return readFileStart(source);
}

function updateFrom(hash: Hash, chunk: Uint8Array, offset: number): void {
  if (offset < chunk.byteLength) hash.update(chunk.subarray(Math.max(0, offset)));
}

async function joined(chunks: AsyncIterable<Uint8Array>, byteLength: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(byteLength);
  let length = 0;
  for await (const chunk of chunks) {
    bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  return bytes;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
