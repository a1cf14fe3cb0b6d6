import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { describePixels } from '#shared/dicom/pixel-description.ts';
import type { PixelDescription } from '#shared/dicom/pixel-description.ts';
import { alignBits, toLittleEndian } from '#shared/dicom/pixels/bytes.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import { DEFLATED_IMAGE_FRAME, RLE_LOSSLESS, isNativeFrame } from '#shared/dicom/pixels/frame-syntax.ts';
import type { NativeFrame } from '#shared/dicom/pixels/native-frame.ts';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN } from '#shared/dicom/transfer-syntax.ts';
import type { WebInstance } from '#shared/domain/instance-search.ts';
import type { CodecTask, EncodedFrame } from '../processes/codec-messages.ts';
import type { Codec } from '../processes/codec-pool.ts';
import type { ArchiveSource, FrameLocation } from './archive-source.ts';
import { HttpFailure } from './http-failure.ts';
import type { HeaderCache } from './metadata.ts';

import type { ObjectReader } from './object-reader.ts';

/** One frame as it is stored: compressed, or native in little endian. */
export interface StoredFrameBytes {
  /** Of the bytes: the file's for compressed frames, Explicit VR Little Endian for all others. */
  readonly transferSyntaxUid: string;
  readonly byteLength: number;
  read(offset: number, byteLength: number): AsyncIterable<Uint8Array>;
}

const decodable = new Set([
  ...['50', '51', '53', '55', '57', '70', '80', '81', '90', '91', '201', '202', '203'].map(
    (end) => `1.2.840.10008.1.2.4.${end}`,
  ),
  RLE_LOSSLESS,
  DEFLATED_IMAGE_FRAME,
]);

/** Whether frames of a transfer syntax can be had uncompressed. */
export function canDecode(transferSyntaxUid: string): boolean {
  return decodable.has(transferSyntaxUid) || isNativeFrame(transferSyntaxUid);
}

/** Finds the frames of archived instances and has them decoded. */
export class FrameReader {
  readonly #archive: ArchiveSource;
  readonly #objects: ObjectReader;
  readonly #headers: HeaderCache;
  readonly #codec: Codec;

  constructor(archive: ArchiveSource, objects: ObjectReader, headers: HeaderCache, codec: Codec) {
    this.#archive = archive;
    this.#objects = objects;
    this.#headers = headers;
    this.#codec = codec;
  }

  /** @throws HttpFailure 404 if there is no such frame */
  async stored(instance: WebInstance, frameNumber: number): Promise<StoredFrameBytes> {
    const parts = this.#archive.partsOfFrame(instance.instanceKey, frameNumber);
    const [first] = parts;
    if (!first) throw new HttpFailure(404, `There is no frame ${frameNumber}.`);
    const { transferSyntaxUid } = instance;
    const isNative = isNativeFrame(transferSyntaxUid);
    const ownSyntax = isNative ? EXPLICIT_LITTLE_ENDIAN : transferSyntaxUid;
    if (transferSyntaxUid === EXPLICIT_BIG_ENDIAN) {
      return inMemory(await this.#turned(instance, first), ownSyntax);
    }
    if (first.bitOffset > 0) {
      const bytes = await this.#objects.read(instance, first.fileOffset, first.byteLength);
      return inMemory(alignBits(bytes, first.bitOffset, bytes.length * 8 - first.bitOffset), ownSyntax);
    }
    return {
      transferSyntaxUid: ownSyntax,
      byteLength: parts.reduce((sum, part) => sum + part.byteLength, 0),
      read: (offset, byteLength) => this.#readParts(instance, parts, offset, byteLength),
    };
  }

  /** @throws HttpFailure 404, FrameFailure */
  async encoded(instance: WebInstance, frameNumber: number): Promise<EncodedFrame> {
    const stored = await this.stored(instance, frameNumber);
    const description = this.describe(instance, frameNumber);
    const chunks: Uint8Array[] = [];
    for await (const chunk of stored.read(0, stored.byteLength)) chunks.push(chunk);
    const [only] = chunks;
    return {
      bytes: chunks.length === 1 && only ? only : Buffer.concat(chunks),
      description: { ...description, transferSyntaxUid: stored.transferSyntaxUid },
      bitOffset: 0,
    };
  }

  /** Uncompressed, in little endian. */
  async decoded(instance: WebInstance, frameNumber: number, signal: AbortSignal): Promise<NativeFrame> {
    return this.run({ kind: 'decode', frame: await this.encoded(instance, frameNumber) }, signal);
  }

  run(task: CodecTask, signal: AbortSignal): Promise<NativeFrame> {
    return this.#codec.run(task, signal);
  }

  describe(instance: WebInstance, frameNumber: number): PixelDescription {
    const description = describePixels(this.header(instance), frameNumber);
    if (!description) throw new HttpFailure(404, 'The instance has no image.');
    return description;
  }

  header(instance: WebInstance): DicomJson {
    return this.#headers.of(instance);
  }

  async *#readParts(
    instance: WebInstance,
    parts: readonly FrameLocation[],
    offset: number,
    byteLength: number,
  ): AsyncGenerator<Uint8Array> {
    let position = 0;
    for (const part of parts) {
      const start = Math.max(offset, position);
      const end = Math.min(offset + byteLength, position + part.byteLength);
      if (end > start) yield* this.#objects.chunks(instance, part.fileOffset + start - position, end - start);
      position += part.byteLength;
    }
  }

  /** Big-endian words are counted from the start of the pixel data, frames need not begin at one. */
  async #turned(instance: WebInstance, part: FrameLocation): Promise<Uint8Array> {
    const { bitsAllocated } = this.describe(instance, 1);
    const vr = this.header(instance)['7FE00010']?.vr ?? 'OW';
    const start = this.#archive.partsOfFrame(instance.instanceKey, 1)[0]?.fileOffset ?? part.fileOffset;
    const skipped = bitsAllocated <= 8 && vr === 'OW' ? (part.fileOffset - start) % 2 : 0;
    const wanted = skipped + part.byteLength;
    // Pixel data have an even length (PS3.5 section 7.1), so the second byte of the last word is there.
    const bytes = await this.#objects.read(instance, part.fileOffset - skipped, wanted + (wanted % 2));
    const turned = toLittleEndian(bytes, bitsAllocated, vr).subarray(skipped, skipped + part.byteLength);
    return part.bitOffset > 0
      ? alignBits(turned, part.bitOffset, turned.length * 8 - part.bitOffset)
      : turned;
  }
}

function inMemory(bytes: Uint8Array, transferSyntaxUid: string): StoredFrameBytes {
  return {
    transferSyntaxUid,
    byteLength: bytes.length,
    // oxlint-disable-next-line typescript/require-await -- others read from disk
    read: async function* read(offset, byteLength) {
      yield bytes.subarray(offset, offset + byteLength);
    },
  };
}

/** What a client is told about a frame that cannot be decoded. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof FrameFailure)) return error;
  if (error.code === 'cancelled') return error;
  if (error.code === 'unsupported')
    return new HttpFailure(406, `The frame cannot be decoded: ${error.message}.`);
  return new HttpFailure(500, `The frame cannot be decoded: ${error.message}.`);
}

export function mediaTypeOf(transferSyntaxUid: string): string | undefined {
  const end = transferSyntaxUid.replace('1.2.840.10008.1.2.', '');
  return mediaTypes[end];
}

/** PS3.18 table 8.7.3-5: compressed frames by the media types of their code streams. */
const mediaTypes: Readonly<Record<string, string>> = {
  '4.50': 'image/jpeg',
  '4.51': 'image/jpeg',
  '4.57': 'image/jpeg',
  '4.70': 'image/jpeg',
  '4.80': 'image/jls',
  '4.81': 'image/jls',
  '4.90': 'image/jp2',
  '4.91': 'image/jp2',
  '4.201': 'image/jphc',
  '4.202': 'image/jphc',
  '4.203': 'image/jphc',
  '4.110': 'image/jxl',
  '4.111': 'image/jxl',
  '4.112': 'image/jxl',
  '5': 'image/dicom-rle',
};
