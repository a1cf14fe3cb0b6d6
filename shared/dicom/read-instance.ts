import type { ByteSource } from './byte-source.ts';
import { walkDataSet } from './data-set-walk.ts';
import { toDicomJson } from './dicom-json.ts';
import type { DicomJson } from './dicom-json.ts';
import { readFileStart } from './file-meta.ts';
import { indexFrames } from './frame-index.ts';
import type { FramePart } from './frame-index.ts';
import { summarizeInstance } from './instance-summary.ts';
import type { InstanceSummary } from './instance-summary.ts';

export interface ReadInstance {
  readonly transferSyntaxUid: string;
  /** First byte after the File Meta Information; the hash that identifies the instance starts here. */
  readonly dataSetOffset: number;
  readonly summary: InstanceSummary;
  readonly metadata: DicomJson;
  readonly frames: readonly FramePart[];
}

export interface ReadInstanceOptions {
  readonly vrOf: (tag: string) => string | undefined;
  readonly toBase64: (bytes: Uint8Array) => string;
}

/**
 * Reads everything the archive keeps of a DICOM file, except its pixels.
 *
 * @throws Refusal
 */
export function readInstance(source: ByteSource, options: ReadInstanceOptions): ReadInstance {
  const { transferSyntax, dataSetOffset } = readFileStart(source);
  const walked = walkDataSet(source, dataSetOffset, { ...transferSyntax, vrOf: options.vrOf });
  const metadata = toDicomJson(walked, {
    toBase64: options.toBase64,
    bulkDataUri: (value) => `bulkdata/${value.tag.slice(1).toUpperCase()}`,
  });
  const summary = summarizeInstance(metadata);
  const frames = indexFrames(walked, summary.image, source);
  return { transferSyntaxUid: transferSyntax.uid, dataSetOffset, summary, metadata, frames };
}
