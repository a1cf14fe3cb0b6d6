import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { createWindowedSource } from '#shared/dicom/byte-source.ts';
import type { ByteSource } from '#shared/dicom/byte-source.ts';
import { limits } from '#shared/dicom/limits.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import { plainKeyProvider } from '#backend/keys.ts';
import { SealedFileReader, SealedFileWriter } from '#backend/sealed-file.ts';

const READ_BYTES = 256 * 1024;

/**
 * The data set of a file in a deflated transfer syntax (PS3.5 section A.5), piece by piece. Offsets of
 * its frames and bulk data count from its first byte.
 *
 * @param deflated what follows the File Meta Information
 * @throws Refusal `inflated-too-large` beyond the limits on size and ratio, `inflated-malformed`
 */
export async function* inflateDataSet(
  deflated: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let bytesIn = 0;
  let bytesOut = 0;
  async function* counted() {
    for await (const chunk of deflated) {
      bytesIn += chunk.byteLength;
      yield chunk;
    }
  }
  const inflate = createInflateRaw({ chunkSize: READ_BYTES });
  const input = Readable.from(counted());
  input.on('error', (error) => inflate.destroy(error));
  input.pipe(inflate);
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      bytesOut += chunk.byteLength;
      const isBomb =
        bytesOut > limits.inflationFreeBytes && bytesOut > Math.max(1, bytesIn) * limits.inflationRatio;
      if (bytesOut > limits.inflatedBytes || isBomb) {
        throw new Refusal('inflated-too-large', `${bytesIn} bytes became more than ${bytesOut}`);
      }
      yield chunk;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) throw new Refusal('inflated-malformed', code);
    throw error;
  } finally {
    input.destroy();
    inflate.destroy();
  }
}

/** Inflates into a new file, which the caller closes and removes. */
export async function inflateToFile(
  source: ByteSource,
  dataSetOffset: number,
  path: string,
): Promise<{ readonly source: ByteSource; close(): void }> {
  function* deflated() {
    for (let offset = dataSetOffset; offset < source.byteLength; offset += READ_BYTES) {
      const bytes = source.read(offset, Math.min(READ_BYTES, source.byteLength - offset));
      yield Uint8Array.from(bytes);
    }
  }
  const written = new SealedFileWriter(path, plainKeyProvider);
  let byteLength = 0;
  try {
    for await (const chunk of inflateDataSet(deflated())) {
      written.write(chunk);
      byteLength += chunk.byteLength;
    }
    written.flush();
  } finally {
    written.close();
  }
  const reader = new SealedFileReader(path, plainKeyProvider);
  return {
    source: createWindowedSource(byteLength, (offset, target) => reader.readAt(offset, target)),
    close: () => reader.close(),
  };
}
