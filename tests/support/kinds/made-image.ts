import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { aFile, element } from '../dicom-files.ts';
import type { FileOptions } from '../dicom-files.ts';
import { newUid } from '../made-ct.ts';
import { greyPixels } from './drawing.ts';
import type { Drawing } from './drawing.ts';

export const SQUARE: Drawing = { columns: 96, rows: 96 };

/** Whose image it is and where it belongs. */
export interface Belonging {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly frameOfReferenceUid: string;
  readonly patientId: string;
  readonly title: string;
  readonly modality: string;
}

/** A study of a patient of its own, with one series. */
export function aBelonging(title: string, modality: string): Belonging {
  return {
    studyUid: newUid(),
    seriesUid: newUid(),
    frameOfReferenceUid: newUid(),
    patientId: `KIND-${title.replaceAll(' ', '-')}`.slice(0, 60),
    title,
    modality,
  };
}

/** What every instance says of itself, images or not. */
export function common(belonging: Belonging, number: number): DataElement[] {
  return [
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.7'),
    element('00080018', 'UI', newUid()),
    element('00080020', 'DA', '20260401'),
    element('00080030', 'TM', '101500'),
    element('00080060', 'CS', belonging.modality),
    element('00080080', 'LO', '試験病院'),
    element('00081030', 'LO', belonging.title),
    element('0008103E', 'LO', belonging.title),
    element('00100010', 'PN', 'SHIKEN^HANAKO=試験^花子=シケン^ハナコ'),
    element('00100020', 'LO', belonging.patientId),
    element('00100021', 'LO', '試験病院'),
    element('00100030', 'DA', '19620815'),
    element('00100040', 'CS', 'F'),
    element('0020000D', 'UI', belonging.studyUid),
    element('0020000E', 'UI', belonging.seriesUid),
    element('00200011', 'IS', '1'),
    element('00200013', 'IS', String(number)),
  ];
}

/** `own` replace what is there under the same tag, or come on top. */
export function withOwn(usual: readonly DataElement[], own: readonly DataElement[]): DataElement[] {
  const tags = new Set(own.map(({ tag }) => tag));
  return [...usual.filter(({ tag }) => !tags.has(tag)), ...own];
}

/** An image in 16 bits, unsigned, from 0 to 1000, unless its own elements say otherwise. */
export function anImage(
  belonging: Belonging,
  number: number,
  own: readonly DataElement[] = [],
  options: FileOptions = {},
): Buffer {
  const usual = [
    ...common(belonging, number),
    element('00280002', 'US', 1),
    element('00280004', 'CS', 'MONOCHROME2'),
    element('00280010', 'US', SQUARE.rows),
    element('00280011', 'US', SQUARE.columns),
    element('00280100', 'US', 16),
    element('00280101', 'US', 16),
    element('00280102', 'US', 15),
    element('00280103', 'US', 0),
    element('7FE00010', 'OW', greyPixels(SQUARE, { bits: 16, black: 0, white: 1000 })),
  ];
  return aFile(withOwn(usual, own), options);
}

export const bitsOf = (allocated: number, stored = allocated, isSigned = false): DataElement[] => [
  element('00280100', 'US', allocated),
  element('00280101', 'US', stored),
  element('00280102', 'US', stored - 1),
  element('00280103', 'US', isSigned ? 1 : 0),
];

export const windowOf = (centre: number, width: number, voiFunction?: string): DataElement[] => [
  element('00281050', 'DS', String(centre)),
  element('00281051', 'DS', String(width)),
  ...(voiFunction === undefined ? [] : [element('00281056', 'CS', voiFunction)]),
];

export const spacingOf = (row: number, column = row): DataElement =>
  element('00280030', 'DS', [String(row), String(column)]);

export const sequence = (tag: string, ...items: (readonly DataElement[])[]): DataElement =>
  element(tag, 'SQ', { items });

const decimals = (values: readonly number[]) => values.map((value) => String(Number(value.toFixed(6))));

export const AXIAL = [1, 0, 0, 0, 1, 0];
export const CORONAL = [1, 0, 0, 0, 0, -1];
export const SAGITTAL = [0, 1, 0, 0, 0, -1];

/** Where a slice lies in the patient. */
export function placeOf(
  belonging: Belonging,
  position: readonly [number, number, number],
  orientation: readonly number[] = AXIAL,
): DataElement[] {
  return [
    element('00200032', 'DS', decimals(position)),
    element('00200037', 'DS', decimals(orientation)),
    element('00200052', 'UI', belonging.frameOfReferenceUid),
  ];
}

export const framesOf = (count: number): DataElement => element('00280008', 'IS', String(count));

/** The same bytes frame after frame. */
export function repeated(frame: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(frame.length * count);
  for (let index = 0; index < count; index++) all.set(frame, index * frame.length);
  return all;
}

export const pixels = (bytes: Uint8Array, vr = 'OB'): DataElement => element('7FE00010', vr, bytes);
