import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { firstNumber, firstText } from '#shared/dicom/attributes.ts';
import { createMemorySource } from '#shared/dicom/byte-source.ts';
import { walkDataSet } from '#shared/dicom/data-set-walk.ts';
import { toDicomJson } from '#shared/dicom/dicom-json.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { readFileStart } from '#shared/dicom/file-meta.ts';
import { indexFrames } from '#shared/dicom/frame-index.ts';
import { toLittleEndian } from '#shared/dicom/pixels/bytes.ts';
import { vrOf } from '#backend/processes/dictionary.ts';

export interface FileFrames {
  readonly json: DicomJson;
  readonly transferSyntaxUid: string;
  readonly frameCount: number;
  /** Bytes of a frame (from 1) as they lie in the file; native ones in little endian. */
  frame(frameNumber: number): { readonly bytes: Uint8Array; readonly bitOffset: number };
}

/** Frames of any file we can read, also of those the archive refuses because a UID is missing. */
export function readFileFrames(file: string): FileFrames {
  const content = readFileSync(file);
  const { transferSyntax, dataSetOffset } = readFileStart(createMemorySource(content));
  const isDeflated = transferSyntax.deflated;
  const bytes = isDeflated ? inflateRawSync(content.subarray(dataSetOffset)) : content;
  const source = createMemorySource(bytes);
  const walked = walkDataSet(source, isDeflated ? 0 : dataSetOffset, { ...transferSyntax, vrOf });
  const json = toDicomJson(walked, {
    toBase64: (value) => Buffer.from(value).toString('base64'),
    bulkDataUri: ({ tag }) => `bulkdata/${tag}`,
  });
  json['00083002'] = { vr: 'UI', Value: [transferSyntax.uid] };
  const frameCount = firstNumber(json, '00280008') ?? 1;
  const parts = indexFrames(
    walked,
    {
      rows: firstNumber(json, '00280010') ?? 0,
      columns: firstNumber(json, '00280011') ?? 0,
      bitsAllocated: firstNumber(json, '00280100') ?? 0,
      samplesPerPixel: firstNumber(json, '00280002') ?? 1,
      photometricInterpretation: firstText(json, '00280004') ?? '',
      numberOfFrames: frameCount,
    },
    source,
    transferSyntax,
  );
  return {
    json,
    transferSyntaxUid: transferSyntax.uid,
    frameCount,
    frame: (frameNumber) => {
      const own = parts.filter((part) => part.frameNumber === frameNumber);
      const bitOffset = own[0]?.bitOffset ?? 0;
      const pieces = own.map(({ fileOffset, byteLength }) =>
        transferSyntax.littleEndian
          ? bytes.subarray(fileOffset, fileOffset + byteLength)
          : turned(bytes, json, { start: parts[0]?.fileOffset ?? 0, fileOffset, byteLength }),
      );
      return { bytes: new Uint8Array(Buffer.concat(pieces)), bitOffset };
    },
  };
}

/** Big-endian words do not begin where frames do. */
function turned(
  bytes: Uint8Array,
  json: DicomJson,
  { start, fileOffset, byteLength }: { start: number; fileOffset: number; byteLength: number },
): Uint8Array {
  const skipped = (fileOffset - start) % 2;
  const words = bytes.subarray(fileOffset - skipped, fileOffset + byteLength + 1);
  const bitsAllocated = firstNumber(json, '00280100') ?? 16;
  const whole = words.subarray(0, words.length - (words.length % Math.max(2, bitsAllocated / 8)));
  return toLittleEndian(whole, bitsAllocated, json['7FE00010']?.vr ?? 'OW').subarray(
    skipped,
    skipped + byteLength,
  );
}
