import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  DEFLATED_EXPLICIT_LITTLE_ENDIAN,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
} from '#shared/dicom/transfer-syntax.ts';
import { MEDIA_STORAGE_DIRECTORY } from '#shared/dicom/file-meta.ts';
import {
  aFile,
  element,
  hasPublicFiles,
  identity,
  imageShape,
  publicFiles,
  pydicomFiles,
} from '../dicom-files.ts';
import { mapElements } from './element-map.ts';

export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

const LARGEST_SEED_BYTES = 64 * 1024;
/** A series of hundreds of slices teaches no more than a few of them. */
const SEEDS_OF_ONE_FOLDER = 100;

/**
 * Good files to start from, as far as they are small: our own in every encoding, those of Debian's pydicom,
 * which the tests always have, and, if asked for and there, the other public ones.
 */
export function loadSeeds(isWithPublicFiles: boolean): Seed[] {
  const publicSeeds = isWithPublicFiles && hasPublicFiles ? seedsBelow('public', publicFiles) : [];
  return [...ownSeeds(), ...seedsBelow('pydicom', pydicomFiles), ...publicSeeds];
}

/** Says whether two machines had the same files to start from. */
export function seedsHash(seeds: readonly Seed[]): string {
  const hash = createHash('sha256');
  for (const { name, bytes } of seeds) hash.update(`${name} ${bytes.length}\n`).update(bytes);
  return hash.digest('hex').slice(0, 16);
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

function seedsBelow(source: string, folder: string): Seed[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names
    .map((name) => ({ name, file: path.join(folder, name) }))
    .filter(({ file }) => statSync(file).isFile() && statSync(file).size <= LARGEST_SEED_BYTES)
    .filter(({ name }, index, all) => {
      const ofFolder = all.slice(0, index).filter((each) => path.dirname(each.name) === path.dirname(name));
      return ofFolder.length < SEEDS_OF_ONE_FOLDER;
    })
    .map(({ name, file }) => ({ name: `${source} ${name}`, bytes: readFileSync(file) }))
    .filter(({ bytes }) => isSeed(bytes));
}

/** An index is passed over by an import, so nothing could be said about what became of it. */
function isSeed(bytes: Buffer): boolean {
  return bytes.toString('latin1', 128, 132) === 'DICM' && !bytes.includes(MEDIA_STORAGE_DIRECTORY);
}

/** Writes a number into the last digits of the SOP Instance UID, so that cases are instances of their own. */
export function withOwnUid(file: Buffer, number: number): Buffer {
  const { dataSetOffset, fields } = mapElements(file);
  const isDeflated = fields.some(
    ({ tag, valueOffset, length }) =>
      tag === '00020010' &&
      file.toString('latin1', valueOffset, valueOffset + length).startsWith(DEFLATED_EXPLICIT_LITTLE_ENDIAN),
  );
  if (!isDeflated) return renumbered(file, number);
  const plain = Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    inflated(file.subarray(dataSetOffset)),
  ]);
  const deflated = deflateRawSync(renumbered(plain, number).subarray(132));
  return Buffer.concat([file.subarray(0, dataSetOffset), deflated]);
}

function inflated(bytes: Buffer): Buffer {
  return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}

function renumbered(file: Buffer, number: number): Buffer {
  const field = mapElements(file).fields.find(({ tag, depth }) => tag === '00080018' && depth === 0);
  if (!field || field.length < 12) return file;
  const text = file
    .toString('latin1', field.valueOffset, field.valueOffset + field.length)
    .replace(/[\0 ]+$/, '');
  const digits = String(10_000_000 + number);
  const changed = Buffer.from(file);
  changed.write(`${text.slice(0, -digits.length - 1)}.${digits}`, field.valueOffset, 'latin1');
  return changed;
}
