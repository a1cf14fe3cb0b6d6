import { firstNumber, firstText } from '#shared/dicom/attributes.ts';
import { packBits, unpackBits } from '#shared/dicom/pixels/bytes.ts';
import {
  EXPLICIT_LITTLE_ENDIAN,
  knownTransferSyntax,
  transferSyntaxForReading,
} from '#shared/dicom/transfer-syntax.ts';
import { writeFileMeta } from '#shared/dicom/write-file.ts';
import type { WebInstance } from '#shared/domain/instance-search.ts';
import { vrOf } from '../processes/dictionary.ts';
import { acceptedBy, matches, notAcceptable } from './accept.ts';
import type { MediaRange } from './accept.ts';
import { multipart, rangedResponse, singlePart } from './body.ts';
import type { Part } from './body.ts';
import { ByteWindow } from './byte-window.ts';
import { rewriteExplicit } from './explicit-rewrite.ts';
import type { DecodedPixels } from './explicit-rewrite.ts';
import { canDecode, failureOf } from './frame-reader.ts';
import type { FrameReader } from './frame-reader.ts';
import { HttpFailure } from './http-failure.ts';
import { instanceUrl } from './metadata.ts';
import { isDeflated } from './object-reader.ts';
import type { ObjectReader } from './object-reader.ts';

const DICOM = 'application/dicom';
/** Lengths of values have 32 bits, and this one means "undefined". */
const MAXIMUM_VALUE_BYTES = 0xffff_fffe;

interface Form {
  readonly isMultipart: boolean;
  readonly isOriginal: boolean;
}

export interface InstanceReaders {
  readonly objects: ObjectReader;
  readonly frames: FrameReader;
}

/**
 * Retrieve study, series or instance as DICOM files, PS3.18 section 10.4. Explicit VR Little Endian unless the
 * client accepts the transfer syntax an instance is stored in; the stored file comes bit by bit.
 */
export async function respondWithInstances(
  readers: InstanceReaders,
  instances: readonly WebInstance[],
  request: Request,
  { baseUrl, isOne }: { baseUrl: string; isOne: boolean },
): Promise<Response> {
  const accepted = acceptedBy(request, new URL(request.url));
  const chosen = instances.map((instance) => ({ instance, form: chooseForm(accepted, instance, isOne) }));
  const given = chosen.filter(
    (each): each is { instance: WebInstance; form: Form } => each.form !== undefined,
  );
  const [first] = given;
  if (!first) {
    const stored = instances[0]?.transferSyntaxUid ?? EXPLICIT_LITTLE_ENDIAN;
    throw notAcceptable(
      [EXPLICIT_LITTLE_ENDIAN, stored].map(
        (uid) => `multipart/related; type="${DICOM}"; transfer-syntax=${uid}`,
      ),
    );
  }
  const { signal } = request;
  if (isOne && !first.form.isMultipart && first.form.isOriginal) {
    return rangedResponse(request, originalFile(readers, first.instance, baseUrl));
  }
  const firstPart = await partOf(readers, first.instance, first.form, { baseUrl, signal });
  if (isOne && !first.form.isMultipart) return singlePart(firstPart);
  async function* parts(): AsyncGenerator<Part> {
    yield firstPart;
    for (const { instance, form } of given.slice(1)) {
      yield partOf(readers, instance, form, { baseUrl, signal });
    }
  }
  const isPartial = given.length < instances.length;
  return multipart(DICOM, parts(), { status: isPartial ? 206 : 200 });
}

/** Undefined if the client accepts no form this instance can be had in. */
function chooseForm(
  accepted: readonly MediaRange[],
  instance: WebInstance,
  isOne: boolean,
): Form | undefined {
  for (const range of accepted) {
    if (!matches(range, DICOM)) continue;
    const isMultipart = range.isMultipart || range.mediaType === '*/*';
    if (!isMultipart && !isOne) continue;
    const { transferSyntax } = range;
    if (transferSyntax === '*' || transferSyntax === instance.transferSyntaxUid) {
      return { isMultipart, isOriginal: true };
    }
    if (transferSyntax !== undefined && transferSyntax !== EXPLICIT_LITTLE_ENDIAN) continue;
    if (instance.transferSyntaxUid === EXPLICIT_LITTLE_ENDIAN) return { isMultipart, isOriginal: true };
    if (canRewrite(instance)) return { isMultipart, isOriginal: false };
    // Nothing was asked for, and this is the only form there is (video, unknown compression).
    if (transferSyntax === undefined) return { isMultipart, isOriginal: true };
  }
  return undefined;
}

function canRewrite({ transferSyntaxUid, numberOfFrames }: WebInstance): boolean {
  if (knownTransferSyntax(transferSyntaxUid)?.encapsulated === false) return true;
  return numberOfFrames > 0 && canDecode(transferSyntaxUid);
}

function originalFile({ objects }: InstanceReaders, instance: WebInstance, baseUrl: string) {
  return {
    contentType: `${DICOM}; transfer-syntax=${instance.transferSyntaxUid}`,
    byteLength: instance.byteLength,
    etag: `"${instance.fileSha256}"`,
    contentLocation: instanceUrl(baseUrl, instance),
    read: (offset: number, byteLength: number) => objects.file(instance, offset, byteLength),
  };
}

async function partOf(
  readers: InstanceReaders,
  instance: WebInstance,
  form: Form,
  { baseUrl, signal }: { baseUrl: string; signal: AbortSignal },
): Promise<Part> {
  if (form.isOriginal) {
    const { read, etag: _, ...file } = originalFile(readers, instance, baseUrl);
    return { ...file, chunks: () => read(0, instance.byteLength) };
  }
  const chunks = await explicitFile(readers, instance, signal);
  return {
    contentType: `${DICOM}; transfer-syntax=${EXPLICIT_LITTLE_ENDIAN}`,
    contentLocation: instanceUrl(baseUrl, instance),
    chunks,
  };
}

/** The whole file in Explicit VR Little Endian. What cannot be decoded fails before the answer begins. */
async function explicitFile(
  readers: InstanceReaders,
  instance: WebInstance,
  signal: AbortSignal,
): Promise<() => AsyncGenerator<Uint8Array>> {
  const { objects, frames } = readers;
  const { sopClassUid, sopUid, transferSyntaxUid } = instance;
  const syntax = transferSyntaxForReading(transferSyntaxUid);
  const meta = writeFileMeta({ sopClassUid, sopUid, transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN });
  const decoded = syntax.encapsulated ? await decodedPixels(frames, instance, signal) : undefined;
  const bitsAllocated = syntax.littleEndian ? 16 : (firstNumber(frames.header(instance), '00280100') ?? 16);
  return async function* chunks() {
    yield Buffer.concat(meta);
    // Deflated data sets are explicit already.
    if (isDeflated(instance)) {
      yield* objects.dataSet(instance);
      return;
    }
    const source = new ByteWindow(
      (offset) => objects.file(instance, offset, instance.byteLength - offset),
      instance.byteLength,
    );
    try {
      const { explicitVr, littleEndian } = syntax;
      yield* rewriteExplicit(source, instance.dataSetOffset, {
        encoding: { explicitVr, littleEndian },
        vrOf,
        bitsAllocated,
        ...(decoded && { decoded }),
      });
    } finally {
      await source.close();
    }
  };
}

async function decodedPixels(
  frames: FrameReader,
  instance: WebInstance,
  signal: AbortSignal,
): Promise<DecodedPixels> {
  const header = frames.header(instance);
  const { bitsAllocated, rows, columns, samplesPerPixel } = frames.describe(instance, 1);
  const frameBits = rows * columns * samplesPerPixel * bitsAllocated;
  const byteLength = Math.ceil((frameBits * instance.numberOfFrames) / 8);
  if (byteLength > MAXIMUM_VALUE_BYTES) {
    throw new HttpFailure(406, 'Uncompressed, the pixels are longer than a DICOM value can be.');
  }
  const first = await frames.decoded(instance, 1, signal).catch((error: unknown) => {
    throw failureOf(error);
  });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const packer = bitsAllocated === 1 && frameBits % 8 !== 0 ? new BitPacker() : undefined;
    for (let number = 1; number <= instance.numberOfFrames; number++) {
      const { bytes } = number === 1 ? first : await frames.decoded(instance, number, signal);
      yield packer ? packer.add(bytes, frameBits) : bytes;
    }
    if (packer) yield packer.rest();
  }
  return {
    vr: bitsAllocated > 8 ? 'OW' : 'OB',
    byteLength,
    photometricInterpretation: isColour(header)
      ? first.photometricInterpretation
      : (firstText(header, '00280004') ?? 'MONOCHROME2'),
    chunks,
  };
}

function isColour(header: Parameters<typeof firstNumber>[0]): boolean {
  return (firstNumber(header, '00280002') ?? 1) > 1;
}

/** Frames of 1 bit follow each other without gaps (PS3.5 section 8.1.1). */
class BitPacker {
  #left = new Uint8Array();

  add(bytes: Uint8Array, bitCount: number): Uint8Array {
    const bits = new Uint8Array(this.#left.length + bitCount);
    bits.set(this.#left);
    bits.set(unpackBits(bytes, 0, bitCount), this.#left.length);
    const whole = bits.length - (bits.length % 8);
    this.#left = bits.slice(whole);
    return packBits(bits.subarray(0, whole));
  }

  rest(): Uint8Array {
    return packBits(this.#left);
  }
}
