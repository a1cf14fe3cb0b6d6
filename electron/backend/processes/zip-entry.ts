import { crc32, createInflateRaw } from 'node:zlib';
import { Readable } from 'node:stream';
import { limits } from '#shared/dicom/limits.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import { readAt, readChunks } from './file-bytes.ts';
import type { OpenFile } from './file-bytes.ts';
import type { ZipEntryPlace } from './ingest-messages.ts';

const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;
const DEFLATED = 8;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The bytes of one file in an archive, with the size and checksum that the archive promised. Each chunk
 * is valid until the next is asked for.
 *
 * @throws Refusal `zip-malformed` if they are not, `zip-too-large`
 */
export async function* readZipEntry(archive: OpenFile, place: ZipEntryPlace): AsyncGenerator<Uint8Array> {
  const { compressedBytes, uncompressedBytes, method } = place;
  const isBomb =
    uncompressedBytes > limits.inflationFreeBytes &&
    uncompressedBytes > Math.max(1, compressedBytes) * limits.inflationRatio;
  if (isBomb) throw new Refusal('zip-too-large', `${compressedBytes} bytes become ${uncompressedBytes}`);
  const start = dataStart(archive, place);
  if (start + compressedBytes > archive.byteLength)
    throw new Refusal('zip-malformed', 'ends after the archive');
  const stored = readChunks(archive, start, start + compressedBytes);
  let checksum = 0;
  let bytesOut = 0;
  for await (const chunk of method === DEFLATED ? inflated(stored) : stored) {
    bytesOut += chunk.byteLength;
    if (bytesOut > uncompressedBytes) throw new Refusal('zip-malformed', 'longer than the archive says');
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (bytesOut < uncompressedBytes) throw new Refusal('zip-malformed', 'shorter than the archive says');
  if (checksum !== place.crc32) throw new Refusal('zip-malformed', 'wrong checksum');
}

function dataStart(archive: OpenFile, { localHeaderOffset }: ZipEntryPlace): number {
  const header = Buffer.alloc(LOCAL_HEADER_BYTES);
  const length = readAt(archive, localHeaderOffset, header);
  if (length < LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw new Refusal('zip-malformed', 'no local header');
  }
  return localHeaderOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function* inflated(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  // Chunks share their memory, and the stream keeps them while it works.
  const input = Readable.from(copies(chunks));
  input.on('error', (error) => inflate.destroy(error));
  input.pipe(inflate);
  try {
    yield* inflate as AsyncIterable<Uint8Array>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) throw new Refusal('zip-malformed', code);
    throw error;
  } finally {
    input.destroy();
    inflate.destroy();
  }
}

function* copies(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const chunk of chunks) yield Uint8Array.from(chunk);
}
