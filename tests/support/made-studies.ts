import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { aFile, element, imageShape } from './dicom-files.ts';

const UID_ROOT = '1.2.826.0.1.3680043.8.498.35';
const SIDE = 96;

/** What may be said about a study; the rest is filled in. Each `number` is another study. */
export interface MadeStudy {
  readonly number: number;
  /** With '^' and '=': 'Yamada^Taro=山田^太郎=ヤマダ^タロウ'. */
  readonly name?: string;
  readonly patientId?: string;
  readonly issuer?: string;
  readonly birthDate?: string;
  readonly sex?: string;
  readonly date?: string;
  readonly time?: string;
  readonly modality?: string;
  readonly description?: string;
  readonly bodyPart?: string;
  readonly accession?: string;
  readonly facility?: string;
  readonly seriesCount?: number;
  readonly imagesPerSeries?: number;
  /** Changes the pixels, and with them the content under the same UIDs. */
  readonly brightness?: number;
}

/** Writes a study as Part 10 files, each with a disc that differs per series; returns their paths. */
export function writeStudy(folder: string, study: MadeStudy): string[] {
  mkdirSync(folder, { recursive: true });
  const { number, seriesCount = 1, imagesPerSeries = 1 } = study;
  const files: string[] = [];
  for (let series = 1; series <= seriesCount; series++) {
    for (let image = 1; image <= imagesPerSeries; image++) {
      const file = path.join(folder, `study${number}-series${series}-image${image}.dcm`);
      writeFileSync(file, anImage(study, series, image));
      files.push(file);
    }
  }
  return files;
}

function anImage(study: MadeStudy, series: number, image: number): Buffer {
  const { number } = study;
  const studyUid = `${UID_ROOT}.${number}`;
  return aFile([
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', `${studyUid}.${series}.${image}`),
    element('00080020', 'DA', study.date ?? '20260214'),
    element('00080030', 'TM', study.time ?? '134500'),
    element('00080050', 'SH', study.accession ?? `A${number}`),
    element('00080060', 'CS', study.modality ?? 'CT'),
    element('00080080', 'LO', study.facility ?? '中央病院'),
    element('00081030', 'LO', study.description ?? '頭部単純CT'),
    element('0008103E', 'LO', `シリーズ ${series}`),
    element('00100010', 'PN', study.name ?? `Test^Patient${number}`),
    element('00100020', 'LO', study.patientId ?? `P${number}`),
    element('00100021', 'LO', study.issuer ?? ''),
    element('00100030', 'DA', study.birthDate ?? '19630214'),
    element('00100040', 'CS', study.sex ?? 'M'),
    element('00180015', 'CS', study.bodyPart ?? 'HEAD'),
    element('00180050', 'DS', '5'),
    element('0020000D', 'UI', studyUid),
    element('0020000E', 'UI', `${studyUid}.${series}`),
    element('00200011', 'IS', String(series)),
    element('00200013', 'IS', String(image)),
    element('00200032', 'DS', ['0', '0', String(image * 5)]),
    element('00200037', 'DS', ['1', '0', '0', '0', '1', '0']),
    ...imageShape({ rows: SIDE, columns: SIDE, isSigned: true }),
    element('00280030', 'DS', ['0.5', '0.5']),
    element('00281052', 'DS', '0'),
    element('00281053', 'DS', '1'),
    element('7FE00010', 'OW', disc(series, image, study.brightness ?? 0)),
  ]);
}

/** A bright ring around a grey inside, so that a picture of it is told from a blank one. */
function disc(series: number, image: number, brightness: number): Uint8Array {
  const pixels = new Int16Array(SIDE * SIDE);
  const radius = SIDE * (0.28 + 0.04 * (series % 4));
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const distance = Math.hypot(row - SIDE / 2, column - SIDE / 2 - (image % 8));
      const value = distance > radius ? -1000 : distance > radius - 4 ? 900 : 40 + row / 2;
      pixels[row * SIDE + column] = value + brightness;
    }
  }
  return new Uint8Array(pixels.buffer);
}
