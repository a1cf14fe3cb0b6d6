import { existsSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { createMemorySource } from '#shared/dicom/byte-source.ts';
import { walkDataSet } from '#shared/dicom/data-set-walk.ts';
import { toDicomJson } from '#shared/dicom/dicom-json.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { readFileStart } from '#shared/dicom/file-meta.ts';
import type { FileStart } from '#shared/dicom/file-meta.ts';
import { readInstance } from '#shared/dicom/read-instance.ts';
import type { ReadInstance } from '#shared/dicom/read-instance.ts';
import { EXPLICIT_LITTLE_ENDIAN, transferSyntaxForReading } from '#shared/dicom/transfer-syntax.ts';
import { writeDataSet } from '#shared/dicom/write-data-set.ts';
import type { DataElement, ElementValue } from '#shared/dicom/write-data-set.ts';
import { writeFileMeta } from '#shared/dicom/write-file.ts';
import { vrOf } from '#backend/processes/dictionary.ts';
import { root } from './workstation.ts';

/** Real public files, where they are there. */
export const publicFiles = path.join(root, '../shared/dicom');
export const hasPublicFiles = existsSync(publicFiles);
export const NO_PUBLIC_FILES = 'the public DICOM files are not beside the project';

/** The DICOM test files inside Debian's python3-pydicom, which the tests always have. */
export const pydicomFiles = '/usr/lib/python3/dist-packages/pydicom/data';

/** One attribute, for tests that make files. */
export const element = (tag: string, vr: string, value?: ElementValue): DataElement =>
  value === undefined ? { tag, vr } : { tag, vr, value };

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

/** Identity that every instance needs. */
export const identity = (number = 1): DataElement[] => [
  element('00080016', 'UI', SECONDARY_CAPTURE),
  element('00080018', 'UI', `1.2.826.0.1.3680043.8.498.1.${number}`),
  element('0020000D', 'UI', '1.2.826.0.1.3680043.8.498.2'),
  element('0020000E', 'UI', '1.2.826.0.1.3680043.8.498.3'),
];

export interface ImageShape {
  readonly rows?: number;
  readonly columns?: number;
  readonly samples?: number;
  readonly bits?: number;
  readonly frames?: number;
  readonly photometric?: string;
  readonly isSigned?: boolean;
}

/** Image Pixel attributes without the pixels. */
export function imageShape(shape: ImageShape = {}): DataElement[] {
  const { rows = 4, columns = 3, samples = 1, bits = 16, frames, isSigned = false } = shape;
  return [
    element('00280002', 'US', samples),
    element('00280004', 'CS', shape.photometric ?? 'MONOCHROME2'),
    ...(frames === undefined ? [] : [element('00280008', 'IS', String(frames))]),
    element('00280010', 'US', rows),
    element('00280011', 'US', columns),
    element('00280100', 'US', bits),
    element('00280101', 'US', bits),
    element('00280102', 'US', bits - 1),
    element('00280103', 'US', isSigned ? 1 : 0),
  ];
}

export interface FileOptions {
  readonly transferSyntaxUid?: string;
  readonly undefinedLengths?: boolean;
  /** File Meta Information says this instead of what the data set is. */
  readonly claimedTransferSyntaxUid?: string;
  readonly sopClassUid?: string;
}

/** A Part 10 file as one buffer, in any transfer syntax without compression of pixels. */
export function aFile(elements: readonly DataElement[], options: FileOptions = {}): Buffer {
  const { transferSyntaxUid = EXPLICIT_LITTLE_ENDIAN, undefinedLengths = false } = options;
  const { explicitVr, littleEndian, deflated } = transferSyntaxForReading(transferSyntaxUid);
  const dataSet = Buffer.concat(writeDataSet(elements, { explicitVr, littleEndian, undefinedLengths }));
  const meta = writeFileMeta({
    sopClassUid: options.sopClassUid ?? SECONDARY_CAPTURE,
    sopUid: '1.2.826.0.1.3680043.8.498.1.1',
    transferSyntaxUid: options.claimedTransferSyntaxUid ?? transferSyntaxUid,
  });
  return Buffer.concat([...meta, deflated ? deflateRawSync(dataSet) : dataSet]);
}

const toBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** DICOM JSON of any file that has a data set, deflated or not, even if it is no instance. */
export function readMetadata(file: Uint8Array): DicomJson {
  const start = readFileStart(createMemorySource(file));
  const { source, offset } = dataSetOf(file, start);
  const walked = walkDataSet(source, offset, { ...start.transferSyntax, vrOf });
  return toDicomJson(walked, { toBase64, bulkDataUri: ({ path }) => path });
}

/** Reads a whole instance, deflated or not. */
export function readFromMemory(file: Uint8Array): ReadInstance {
  const source = createMemorySource(file);
  const start = readFileStart(source);
  return readInstance(start, dataSetOf(file, start), { vrOf, toBase64 });
}

function dataSetOf(file: Uint8Array, { transferSyntax, dataSetOffset }: FileStart) {
  if (!transferSyntax.deflated) return { source: createMemorySource(file), offset: dataSetOffset };
  return { source: createMemorySource(inflateRawSync(file.subarray(dataSetOffset))), offset: 0 };
}
