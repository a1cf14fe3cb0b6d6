import type { ByteSource } from './byte-source.ts';
import { walkDataSet } from './data-set-walk.ts';
import type { BulkValue } from './data-set-walk.ts';
import { toDicomJson } from './dicom-json.ts';
import type { DicomJson } from './dicom-json.ts';
import { MEDIA_STORAGE_DIRECTORY } from './file-meta.ts';
import type { FileStart } from './file-meta.ts';
import { indexFrames, pixelDataOf } from './frame-index.ts';
import type { FramePart } from './frame-index.ts';
import { summarizeInstance } from './instance-summary.ts';
import type { InstanceSummary } from './instance-summary.ts';
import { Refusal } from '../domain/refusal.ts';
import type { VrLookup } from './value-representation.ts';

export interface ReadInstance {
  readonly transferSyntaxUid: string;
  /** First byte after the File Meta Information; the hash that identifies the instance starts here. */
  readonly dataSetOffset: number;
  readonly summary: InstanceSummary;
  readonly metadata: DicomJson;
  readonly frames: readonly FramePart[];
}

export interface ReadInstanceOptions {
  readonly vrOf: VrLookup;
  readonly toBase64: (bytes: Uint8Array) => string;
}

/**
 * Reads everything the archive keeps of a DICOM file, except its pixels.
 *
 * All offsets, those of frames and those in bulk data addresses, count from the start of the file. If
 * the transfer syntax is `deflated` (see `transfer-syntax.ts`) they count from the first byte of the
 * inflated data set instead: the file itself is kept as it came.
 *
 * @param dataSet where to find the data set's bytes: the file from `dataSetOffset`, or what came out of
 * inflating it, from 0
 * @throws Refusal
 */
export function readInstance(
  start: FileStart,
  dataSet: { readonly source: ByteSource; readonly offset: number },
  options: ReadInstanceOptions,
): ReadInstance {
  const { transferSyntax, dataSetOffset } = start;
  if (start.mediaStorageSopClassUid === MEDIA_STORAGE_DIRECTORY) {
    throw new Refusal('media-directory', 'Media Storage Directory');
  }
  const walked = walkDataSet(dataSet.source, dataSet.offset, { ...transferSyntax, vrOf: options.vrOf });
  const metadata = toDicomJson(walked, { toBase64: options.toBase64, bulkDataUri });
  const described = summarizeInstance(metadata);
  // A description of pixels without pixels is no image, and is not promised to be one.
  const summary = pixelDataOf(walked) ? described : { ...described, image: null };
  const frames = indexFrames(walked, summary.image, dataSet.source, transferSyntax);
  return { transferSyntaxUid: transferSyntax.uid, dataSetOffset, summary, metadata, frames };
}

/**
 * Relative to the instance. Whoever answers such an address first looks it up in the instance's own
 * metadata, so that nobody reads other ranges by changing it.
 */
function bulkDataUri(value: BulkValue): string {
  return `bulkdata/${value.path}?offset=${value.fileOffset}&length=${value.byteLength}`;
}
