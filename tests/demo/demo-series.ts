import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { aFile, element } from '../support/dicom-files.ts';

const SIZE = 256;
const SLICES = 24;
const ROOT_UID = '1.2.826.0.1.3680043.8.498.77';
const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';

/** A head of nobody: skull, brain, two ventricles and a bleeding, in Hounsfield units. */
function hounsfieldAt(x: number, y: number, slice: number): number {
  const scale = Math.sqrt(1 - ((slice - SLICES / 2) / SLICES) ** 2);
  const distance = (cx: number, cy: number, rx: number, ry: number) =>
    Math.hypot((x - SIZE / 2 - cx) / (rx * scale), (y - SIZE / 2 - cy) / (ry * scale));
  const head = distance(0, 0, 90, 110);
  if (head > 1) return -1000;
  if (head > 0.92) return 1100;
  const noise = ((x * 7919 + y * 104_729 + slice * 1299) % 17) - 8;
  if (Math.min(distance(-16, -5, 9, 32), distance(16, -5, 9, 32)) < 1) return 6 + noise;
  if (slice > 8 && slice < 16 && distance(45, 20, 14, 12) < 1) return 68 + noise;
  return 35 + noise;
}

/** Writes the study's files and returns their folder. Taken on two dates it has a prior. */
export function writeDemoSeries(folder: string, studyDate: string): string {
  const target = path.join(folder, `head-${studyDate}`);
  mkdirSync(target, { recursive: true });
  for (let slice = 0; slice < SLICES; slice++) {
    const pixels = Buffer.alloc(SIZE * SIZE * 2);
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) pixels.writeInt16LE(hounsfieldAt(x, y, slice), (y * SIZE + x) * 2);
    }
    writeFileSync(path.join(target, `${slice + 1}.dcm`), aFile(attributes(studyDate, slice, pixels)));
  }
  return target;
}

function attributes(studyDate: string, slice: number, pixels: Buffer) {
  return [
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080016', 'UI', CT_IMAGE_STORAGE),
    element('00080018', 'UI', `${ROOT_UID}.${studyDate}.1.${slice + 1}`),
    element('00080020', 'DA', studyDate),
    element('00080030', 'TM', '093000'),
    element('00080050', 'SH', `A${studyDate}`),
    element('00080060', 'CS', 'CT'),
    element('00080080', 'LO', '試験用データ'),
    element('00081030', 'LO', '頭部単純CT'),
    element('0008103E', 'LO', '軟部 5 mm'),
    element('00100010', 'PN', 'SHIKEN^TARO=試験^太郎=しけん^たろう'),
    element('00100020', 'LO', 'DEMO-0001'),
    element('00100030', 'DA', '19500101'),
    element('00100040', 'CS', 'M'),
    element('00180015', 'CS', 'HEAD'),
    element('00180050', 'DS', '5'),
    element('0020000D', 'UI', `${ROOT_UID}.${studyDate}`),
    element('0020000E', 'UI', `${ROOT_UID}.${studyDate}.1`),
    element('00200011', 'IS', '1'),
    element('00200013', 'IS', String(slice + 1)),
    element('00200032', 'DS', `-120\\-120\\${slice * 5}`),
    element('00200037', 'DS', '1\\0\\0\\0\\1\\0'),
    element('00200052', 'UI', `${ROOT_UID}.9`),
    element('00280002', 'US', 1),
    element('00280004', 'CS', 'MONOCHROME2'),
    element('00280010', 'US', SIZE),
    element('00280011', 'US', SIZE),
    element('00280030', 'DS', '0.9375\\0.9375'),
    element('00280100', 'US', 16),
    element('00280101', 'US', 16),
    element('00280102', 'US', 15),
    element('00280103', 'US', 1),
    element('00281050', 'DS', '40'),
    element('00281051', 'DS', '80'),
    element('00281052', 'DS', '0'),
    element('00281053', 'DS', '1'),
    element('7FE00010', 'OW', pixels),
  ];
}
