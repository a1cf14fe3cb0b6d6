import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { aFile, element } from './dicom-files.ts';

export interface MadeSeries {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly frameOfReferenceUid: string;
  readonly seriesNumber: number;
  readonly patientId: string;
  readonly patientName: string;
  readonly studyDate: string;
  readonly description: string;
}

let lastUid = 0;

/** Unique within a test run. */
export function newUid(): string {
  return `2.25.${process.pid}.${Date.now()}.${++lastUid}`;
}

export function aSeries(series: Partial<MadeSeries> = {}): MadeSeries {
  return {
    studyUid: newUid(),
    seriesUid: newUid(),
    frameOfReferenceUid: newUid(),
    seriesNumber: 1,
    patientId: 'T-0001',
    patientName: 'SHIKEN^TARO=試験^太郎=シケン^タロウ',
    studyDate: '20260401',
    description: '手作りの画像',
    ...series,
  };
}

export interface MadeSlice {
  readonly columns: number;
  readonly rows: number;
  /** Between rows, then between columns, as DICOM writes it; none if absent. */
  readonly spacing?: readonly [number, number];
  readonly position?: readonly [number, number, number];
  readonly orientation?: readonly number[];
  readonly number: number;
  /** Hounsfield units; stored with an intercept of -1024, as CT does. */
  readonly valueAt: (column: number, row: number) => number;
  /** Replace the usual elements, or come on top of them. */
  readonly elements?: readonly DataElement[];
}

/** One slice of a CT of an invented patient. */
export function ctSlice(series: MadeSeries, slice: MadeSlice): Buffer {
  const { columns, rows, position, orientation = [1, 0, 0, 0, 1, 0], elements = [] } = slice;
  const pixels = Int16Array.from(
    { length: columns * rows },
    (_, index) => slice.valueAt(index % columns, Math.floor(index / columns)) + 1024,
  );
  const decimals = (values: readonly number[]) => values.map(String);
  const usual = [
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', newUid()),
    element('00080020', 'DA', series.studyDate),
    element('00080030', 'TM', '101500'),
    element('00080060', 'CS', 'CT'),
    element('00080080', 'LO', '試験病院'),
    element('00081030', 'LO', '頭部単純CT'),
    element('0008103E', 'LO', series.description),
    element('00100010', 'PN', series.patientName),
    element('00100020', 'LO', series.patientId),
    element('00100021', 'LO', '試験病院'),
    element('00100030', 'DA', '19500402'),
    element('00100040', 'CS', 'M'),
    element('00180015', 'CS', 'HEAD'),
    element('00180050', 'DS', '2'),
    element('00181210', 'SH', 'FC21'),
    element('0020000D', 'UI', series.studyUid),
    element('0020000E', 'UI', series.seriesUid),
    element('00200011', 'IS', String(series.seriesNumber)),
    element('00200013', 'IS', String(slice.number)),
    ...(position
      ? [
          element('00200032', 'DS', decimals(position)),
          element('00200037', 'DS', decimals(orientation)),
          element('00200052', 'UI', series.frameOfReferenceUid),
        ]
      : []),
    element('00280002', 'US', 1),
    element('00280004', 'CS', 'MONOCHROME2'),
    element('00280010', 'US', rows),
    element('00280011', 'US', columns),
    ...(slice.spacing ? [element('00280030', 'DS', decimals(slice.spacing))] : []),
    element('00280100', 'US', 16),
    element('00280101', 'US', 16),
    element('00280102', 'US', 15),
    element('00280103', 'US', 1),
    element('00281050', 'DS', '40'),
    element('00281051', 'DS', '400'),
    element('00281052', 'DS', '-1024'),
    element('00281053', 'DS', '1'),
    element('7FE00010', 'OW', new Uint8Array(pixels.buffer)),
  ];
  const replaced = new Set(elements.map(({ tag }) => tag));
  const all = [...usual.filter(({ tag }) => !replaced.has(tag)), ...elements];
  return aFile(all.toSorted((a, b) => (a.tag < b.tag ? -1 : 1)));
}

export interface MadeVolume {
  readonly columns?: number;
  readonly rows?: number;
  readonly slices?: number;
  readonly spacing?: readonly [number, number];
  readonly stepMm?: number;
  readonly orientation?: readonly number[];
  /** By default a ball of 300 HU in water, on air. */
  readonly valueAt?: (column: number, row: number, slice: number) => number;
  readonly elements?: readonly DataElement[];
}

/** An axial series around the origin of the patient. */
export function ctVolume(series: MadeSeries, volume: MadeVolume = {}): Buffer[] {
  const { columns = 64, rows = 64, slices = 20, spacing = [1, 1], stepMm = 2, elements = [] } = volume;
  const valueAt = volume.valueAt ?? headLike({ columns, rows, slices });
  return Array.from({ length: slices }, (_, index) =>
    ctSlice(series, {
      columns,
      rows,
      spacing,
      number: index + 1,
      position: [
        (-(columns - 1) / 2) * spacing[1],
        (-(rows - 1) / 2) * spacing[0],
        (index - (slices - 1) / 2) * stepMm,
      ],
      ...(volume.orientation && { orientation: volume.orientation }),
      valueAt: (column, row) => valueAt(column, row, index),
      elements,
    }),
  );
}

/** A skull of 900 HU around brain of 35 HU with a lesion of 70 HU to the patient's left. */
function headLike({ columns, rows, slices }: { columns: number; rows: number; slices: number }) {
  return (column: number, row: number, slice: number) => {
    const x = (column - (columns - 1) / 2) / (columns / 2);
    const y = (row - (rows - 1) / 2) / (rows / 2);
    const z = (slice - (slices - 1) / 2) / slices;
    const radius = Math.hypot(x, y * 0.9, z * 1.2);
    if (Math.hypot(x - 0.35, y, z) < 0.15) return 70;
    if (radius < 0.75) return 35;
    return radius < 0.88 ? 900 : -1000;
  };
}

/** Writes files into a folder and returns it. */
export function writeFiles(folder: string, files: readonly Uint8Array[], name = 'image'): string {
  files.forEach((bytes, index) => writeFileSync(path.join(folder, `${name}-${index + 1}.dcm`), bytes));
  return folder;
}
