import type { DicomJson, DicomJsonAttribute } from '#shared/dicom/dicom-json.ts';
import { swapBytes } from '#shared/dicom/pixels/bytes.ts';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN } from '#shared/dicom/transfer-syntax.ts';
import { wordBytesOf } from '#shared/dicom/value-representation.ts';
import type { WebInstance } from '#shared/domain/instance-search.ts';
import { acceptedBy, matches, notAcceptable } from './accept.ts';
import { multipart, rangedResponse } from './body.ts';
import type { RangedSource } from './body.ts';
import { ByteWindow } from './byte-window.ts';
import { isNativeFrame } from '#shared/dicom/pixels/frame-syntax.ts';
import { respondWithFrames } from './frames.ts';
import { HttpFailure } from './http-failure.ts';
import { instanceUrl } from './metadata.ts';
import type { InstanceReaders } from './instances.ts';

const OCTETS = 'application/octet-stream';
const PIXEL_DATA = '7FE00010';

/**
 * Retrieve bulk data, PS3.18 section 10.4.1.1.5. The address is looked up in the instance's own metadata, so that
 * nobody reads other parts of the file by changing it.
 *
 * @param path what follows 'bulkdata/': tags and item numbers, such as '00540016/1/00181072'
 */
export async function respondWithBulkData(
  readers: InstanceReaders,
  instance: WebInstance,
  path: string,
  request: Request,
  baseUrl: string,
): Promise<Response> {
  const url = new URL(request.url);
  const header = readers.frames.header(instance);
  const attribute = attributeAt(header, path.split('/'));
  const address =
    attribute?.BulkDataURI === undefined ? undefined : new URL(attribute.BulkDataURI, 'http://instance/');
  if (!attribute || address?.pathname !== `/bulkdata/${path}`) {
    throw new HttpFailure(404, 'There is no bulk data at this address.');
  }
  if (path === PIXEL_DATA && !isNativeFrame(instance.transferSyntaxUid) && instance.numberOfFrames > 0) {
    // Compressed pixel data are their frames (PS3.18 section 8.7.3.3.2).
    const all = Array.from({ length: instance.numberOfFrames }, (_, index) => index + 1);
    return respondWithFrames(readers.frames, instance, all, request, baseUrl);
  }
  const accepted = acceptedBy(request, url);
  const range = accepted.find(
    (each) =>
      matches(each, OCTETS) &&
      (each.transferSyntax === undefined || ['*', EXPLICIT_LITTLE_ENDIAN].includes(each.transferSyntax)),
  );
  if (!range) throw notAcceptable([OCTETS, `multipart/related; type="${OCTETS}"`]);
  const offset = Number(address.searchParams.get('offset'));
  const byteLength = Number(address.searchParams.get('length'));
  const source: RangedSource = {
    contentType: OCTETS,
    byteLength,
    etag: `"${instance.fileSha256.slice(0, 32)}-${offset}"`,
    contentLocation: `${instanceUrl(baseUrl, instance)}/bulkdata/${path}`,
    read: readerOf(readers, instance, attribute, {
      header,
      offset,
      byteLength,
      isPixelData: path === PIXEL_DATA,
    }),
  };
  if (!range.isMultipart) return rangedResponse(request, source);
  return multipart(OCTETS, [{ ...source, chunks: () => source.read(0, byteLength) }]);
}

function attributeAt(
  header: DicomJson,
  [tag = '', item, ...rest]: readonly string[],
): DicomJsonAttribute | undefined {
  const attribute = Object.hasOwn(header, tag) ? header[tag] : undefined;
  if (item === undefined) return attribute;
  const value = attribute?.Value?.[Number(item) - 1];
  return typeof value === 'object' && value !== null ? attributeAt(value as DicomJson, rest) : undefined;
}

interface Value {
  readonly header: DicomJson;
  readonly offset: number;
  readonly byteLength: number;
  readonly isPixelData: boolean;
}

/** Bytes of a value in little endian, as everything DICOMweb hands out. */
function readerOf(
  { objects, frames }: InstanceReaders,
  instance: WebInstance,
  { vr }: DicomJsonAttribute,
  { offset, byteLength, isPixelData }: Value,
): RangedSource['read'] {
  if (instance.transferSyntaxUid !== EXPLICIT_BIG_ENDIAN) {
    return (start, length) => objects.chunks(instance, offset + start, length);
  }
  const { bitsAllocated } = isPixelData ? frames.describe(instance, 1) : { bitsAllocated: 0 };
  const wordBytes = bitsAllocated > 8 ? bitsAllocated / 8 : wordBytesOf(vr);
  return async function* turned(start, length) {
    const firstWord = start - (start % wordBytes);
    const end = Math.min(byteLength, start + length + wordBytes - 1);
    const lastWord = end - (end % wordBytes);
    const window = new ByteWindow(
      (from) => objects.chunks(instance, from, offset + byteLength - from),
      offset + byteLength,
    );
    let position = firstWord;
    for await (const piece of window.pieces(offset + firstWord, lastWord - firstWord, wordBytes)) {
      const from = Math.max(0, start - position);
      yield swapBytes(piece, wordBytes).subarray(from, start + length - position);
      position += piece.length;
    }
    await window.close();
  };
}
