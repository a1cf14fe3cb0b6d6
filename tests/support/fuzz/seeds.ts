import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '#shared/dicom/transfer-syntax.ts';
import { aFile, element, identity, imageShape } from '../dicom-files.ts';
import { mapElements } from './element-map.ts';

export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The DICOM test files inside Debian's python3-pydicom. */
const PYDICOM_FILES = '/usr/lib/python3/dist-packages/pydicom/data';
const LARGEST_SEED_BYTES = 64 * 1024;

/** Good files to start from: our own in every encoding, and pydicom's as far as they are small. */
export function loadSeeds(): Seed[] {
  return [...ownSeeds(), ...pydicomSeeds()];
}

function ownSeeds(): Seed[] {
  const details = [
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080020', 'DA', '20261122'),
    element('00080060', 'CS', 'CT'),
    element('00081030', 'LO', '検査'),
    element('00081140', 'SQ', {
      items: [[element('00081155', 'UI', '1.2.3')], [element('00081155', 'UI', '1.2.4')]],
    }),
    element('00100010', 'PN', 'Yamada^Tarou=山田^太郎=やまだ^たろう'),
    element('00100020', 'LO', 'ID-1'),
    element('00200013', 'IS', '7'),
    element('00200032', 'DS', ['-1.5', '2', '3.25']),
    element('00091001', 'UN', Buffer.from('feff00e000000000', 'hex')),
  ];
  const native = [
    ...details,
    ...identity(),
    ...imageShape({ rows: 16, columns: 16, frames: 3 }),
    element('7FE00010', 'OW', Buffer.alloc(1536, 'ab')),
  ];
  const seeds = [
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    EXPLICIT_BIG_ENDIAN,
    DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  ].flatMap((transferSyntaxUid) =>
    [false, true].map((undefinedLengths) => ({
      name: `own ${transferSyntaxUid} ${undefinedLengths ? 'delimited' : 'counted'}`,
      bytes: aFile(native, { transferSyntaxUid, undefinedLengths }),
    })),
  );
  const stream = (byteLength: number) =>
    Buffer.concat([Buffer.alloc(byteLength, 0x11), Buffer.from('ffd9', 'hex')]);
  for (const [name, value] of Object.entries({
    'one fragment a frame': { fragments: [stream(50), stream(70), stream(90)] },
    'offset table': { fragments: [stream(50), stream(70), stream(90)], basicOffsetTable: [0, 60, 140] },
    'five fragments': { fragments: [stream(50), Buffer.alloc(20), stream(8), Buffer.alloc(30), stream(4)] },
  })) {
    const pixels = element('7FE00010', 'OB', value);
    const bytes = aFile([...details, ...identity(), ...imageShape({ frames: 3 }), pixels], {
      claimedTransferSyntaxUid: '1.2.840.10008.1.2.4.80',
    });
    seeds.push({ name: `own ${name}`, bytes });
  }
  return seeds;
}

function pydicomSeeds(): Seed[] {
  return (
    readdirSync(PYDICOM_FILES, { recursive: true, encoding: 'utf8' })
      // An index is passed over, so nothing could be said about what became of it.
      .filter((name) => !name.includes('DICOMDIR'))
      .filter(
        (name) =>
          name.endsWith('.dcm') && statSync(path.join(PYDICOM_FILES, name)).size <= LARGEST_SEED_BYTES,
      )
      .sort()
      .map((name) => ({ name: `pydicom ${name}`, bytes: readFileSync(path.join(PYDICOM_FILES, name)) }))
  );
}

/** Writes a number into the last digits of the SOP Instance UID, so that cases are instances of their own. */
export function withOwnUid(file: Buffer, number: number): Buffer {
  const field = mapElements(file).fields.find(({ tag, depth }) => tag === '00080018' && depth === 0);
  if (!field || field.length < 12) return file;
  const text = file
    .toString('latin1', field.valueOffset, field.valueOffset + field.length)
    .replace(/[\0 ]+$/, '');
  const digits = String(number).padStart(8, '1');
  const changed = Buffer.from(file);
  changed.write(`${text.slice(0, -digits.length - 1)}.${digits}`, field.valueOffset, 'latin1');
  return changed;
}
