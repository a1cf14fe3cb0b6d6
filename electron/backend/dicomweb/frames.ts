import { EXPLICIT_LITTLE_ENDIAN } from '#shared/dicom/transfer-syntax.ts';
import type { WebInstance } from '#shared/domain/instance-search.ts';
import { acceptedBy, matches, notAcceptable } from './accept.ts';
import type { MediaRange } from './accept.ts';
import { multipart, rangedResponse } from './body.ts';
import type { Part } from './body.ts';
import { canDecode, failureOf, mediaTypeOf } from './frame-reader.ts';
import type { FrameReader, StoredFrameBytes } from './frame-reader.ts';
import { HttpFailure } from './http-failure.ts';
import { instanceUrl } from './metadata.ts';

const OCTETS = 'application/octet-stream';

/** How frames are handed over. */
interface Form {
  readonly isMultipart: boolean;
  /** As stored, or decoded to Explicit VR Little Endian. */
  readonly isOriginal: boolean;
  readonly mediaType: string;
}

/** Retrieve frames, PS3.18 section 10.4: uncompressed unless the client asks for more, then as they are stored. */
export async function respondWithFrames(
  frames: FrameReader,
  instance: WebInstance,
  frameNumbers: readonly number[],
  request: Request,
  baseUrl: string,
): Promise<Response> {
  for (const number of frameNumbers) {
    if (number > instance.numberOfFrames) throw new HttpFailure(404, `There is no frame ${number}.`);
  }
  const [first = 1] = frameNumbers;
  const sample = await frames.stored(instance, first);
  const form = chooseForm(acceptedBy(request, new URL(request.url)), sample, frameNumbers.length);
  const url = instanceUrl(baseUrl, instance);
  if (!form.isMultipart) {
    const frame = form.isOriginal ? sample : await decodedFrame(frames, instance, first, request.signal);
    const { byteLength, transferSyntaxUid } = frame;
    return rangedResponse(request, {
      contentType: contentTypeOf(form, transferSyntaxUid),
      byteLength,
      etag: `"${instance.fileSha256.slice(0, 32)}-${first}-${transferSyntaxUid}"`,
      contentLocation: `${url}/frames/${first}`,
      read: (offset, length) => frame.read(offset, length),
    });
  }
  // The first frame is decoded before the answer begins, so that what cannot be decoded gets a status of its own.
  const firstPart = await partOf(frames, instance, first, form, { url, signal: request.signal });
  async function* parts(): AsyncGenerator<Part> {
    yield firstPart;
    for (const number of frameNumbers.slice(1)) {
      yield partOf(frames, instance, number, form, { url, signal: request.signal });
    }
  }
  return multipart(form.mediaType, parts());
}

async function partOf(
  frames: FrameReader,
  instance: WebInstance,
  number: number,
  form: Form,
  { url, signal }: { url: string; signal: AbortSignal },
): Promise<Part> {
  const frame = form.isOriginal
    ? await frames.stored(instance, number)
    : await decodedFrame(frames, instance, number, signal);
  const { byteLength, transferSyntaxUid } = frame;
  return {
    contentType: contentTypeOf(form, transferSyntaxUid),
    byteLength,
    contentLocation: `${url}/frames/${number}`,
    chunks: () => frame.read(0, byteLength),
  };
}

async function decodedFrame(
  frames: FrameReader,
  instance: WebInstance,
  number: number,
  signal: AbortSignal,
): Promise<StoredFrameBytes> {
  try {
    const { bytes } = await frames.decoded(instance, number, signal);
    return {
      transferSyntaxUid: EXPLICIT_LITTLE_ENDIAN,
      byteLength: bytes.length,
      // oxlint-disable-next-line typescript/require-await -- others read from disk
      read: async function* read(offset, byteLength) {
        yield bytes.subarray(offset, offset + byteLength);
      },
    };
  } catch (error) {
    throw failureOf(error);
  }
}

function contentTypeOf({ mediaType }: Form, transferSyntaxUid: string): string {
  return `${mediaType}; transfer-syntax=${transferSyntaxUid}`;
}

/** @throws HttpFailure 406 */
function chooseForm(accepted: readonly MediaRange[], sample: StoredFrameBytes, count: number): Form {
  const { transferSyntaxUid } = sample;
  const isNative = transferSyntaxUid === EXPLICIT_LITTLE_ENDIAN;
  const imageType = mediaTypeOf(transferSyntaxUid);
  for (const range of accepted) {
    const isAnything = range.mediaType === '*/*' && !range.isMultipart;
    const isMultipart = range.isMultipart || isAnything;
    if (!isMultipart && count > 1) continue;
    const { transferSyntax } = range;
    const asksForStored = transferSyntax === '*' || transferSyntax === transferSyntaxUid;
    if (matches(range, OCTETS)) {
      if (asksForStored || isNative) {
        if (transferSyntax === undefined || asksForStored || transferSyntax === EXPLICIT_LITTLE_ENDIAN) {
          return { isMultipart, isOriginal: true, mediaType: OCTETS };
        }
      } else if (transferSyntax === undefined || transferSyntax === EXPLICIT_LITTLE_ENDIAN) {
        if (canDecode(transferSyntaxUid)) return { isMultipart, isOriginal: false, mediaType: OCTETS };
        // Nothing was asked for, and this is the only form there is.
        if (transferSyntax === undefined) return { isMultipart, isOriginal: true, mediaType: OCTETS };
      }
    }
    if (imageType && matches(range, imageType) && (asksForStored || transferSyntax === undefined)) {
      return { isMultipart, isOriginal: true, mediaType: imageType };
    }
  }
  const stored = [`multipart/related; type="${OCTETS}"; transfer-syntax=${transferSyntaxUid}`];
  throw notAcceptable(
    canDecode(transferSyntaxUid)
      ? [`multipart/related; type="${OCTETS}"; transfer-syntax=${EXPLICIT_LITTLE_ENDIAN}`, ...stored]
      : stored,
  );
}
