import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { aFile, element } from './dicom-files.ts';

export interface MadeImage {
  readonly columns: number;
  readonly rows: number;
  /** Stored values, frame after frame; three per pixel for colours. */
  readonly pixels: Int16Array | Uint16Array | Uint8Array;
  /** Replace the usual elements, or come on top of them. */
  readonly elements?: readonly DataElement[];
  readonly seriesNumber?: number;
  readonly instanceNumber?: number;
}

const UID_ROOT = '1.2.826.0.1.3680043.8.498.77';

/** An image of modality CT in study 1 unless its elements say otherwise. */
export function anImageFile(image: MadeImage): Buffer {
  const { columns, rows, pixels, seriesNumber = 1, instanceNumber = 1 } = image;
  const bits = pixels.BYTES_PER_ELEMENT * 8;
  const samples = pixels.length % (columns * rows * 3) === 0 && pixels instanceof Uint8Array ? 3 : 1;
  const usual = [
    element('00080008', 'CS', ['ORIGINAL', 'PRIMARY', 'AXIAL']),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', `${UID_ROOT}.${seriesNumber}.${instanceNumber}`),
    element('00080060', 'CS', 'CT'),
    element('00100010', 'PN', 'PHANTOM^MADE'),
    element('00100020', 'LO', 'MADE-1'),
    element('0020000D', 'UI', UID_ROOT),
    element('0020000E', 'UI', `${UID_ROOT}.${seriesNumber}`),
    element('00200011', 'IS', String(seriesNumber)),
    element('00200013', 'IS', String(instanceNumber)),
    element('00200032', 'DS', ['0', '0', String(instanceNumber * 2)]),
    element('00200037', 'DS', ['1', '0', '0', '0', '1', '0']),
    element('00200052', 'UI', `${UID_ROOT}.9`),
    element('00280002', 'US', samples),
    element('00280004', 'CS', samples === 3 ? 'RGB' : 'MONOCHROME2'),
    ...(samples === 3 ? [element('00280006', 'US', 0)] : []),
    element('00280010', 'US', rows),
    element('00280011', 'US', columns),
    element('00280030', 'DS', ['1', '1']),
    element('00280100', 'US', bits),
    element('00280101', 'US', bits),
    element('00280102', 'US', bits - 1),
    element('00280103', 'US', pixels instanceof Int16Array ? 1 : 0),
    element(
      '7FE00010',
      bits === 16 ? 'OW' : 'OB',
      new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength),
    ),
  ];
  const own = image.elements ?? [];
  const replaced = new Set(own.map(({ tag }) => tag));
  return aFile([...usual.filter(({ tag }) => !replaced.has(tag)), ...own]);
}

export const madeStudyUid = UID_ROOT;
export const madeSeriesUid = (seriesNumber: number) => `${UID_ROOT}.${seriesNumber}`;

/** Writes files into a folder, one per buffer; a single one may have a name. */
export function writeFiles(folder: string, files: readonly Buffer[], name?: string): void {
  mkdirSync(folder, { recursive: true });
  files.forEach((file, index) => writeFileSync(path.join(folder, name ?? `${index}.dcm`), file));
}
