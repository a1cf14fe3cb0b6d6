import { aFile, element } from '../dicom-files.ts';
import { aZip } from '../zip-files.ts';
import { createDice } from './dice.ts';
import type { Dice } from './dice.ts';
import { mapElements } from './element-map.ts';
import type { ElementMap } from './element-map.ts';
import { mutators } from './mutators.ts';
import { withOwnUid } from './seeds.ts';
import type { Seed } from './seeds.ts';

export interface FuzzCase {
  readonly index: number;
  readonly seedName: string;
  readonly mutations: readonly string[];
  /** A DICOM file by itself, or something that holds or names some. */
  readonly container: 'none' | 'zip' | 'directory';
  readonly bytes: Buffer;
}

/** Of so many cases one is an archive, and one an index. */
const CONTAINER_EVERY = 20;

/** Case number `index` of the campaign with this seed: always the same bytes for the same seed files. */
export function makeCase(seeds: readonly Seed[], campaignSeed: number, index: number): FuzzCase {
  const dice = createDice(Math.imul(campaignSeed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const kind = dice.below(CONTAINER_EVERY);
  if (kind === 0) return zipCase(seeds, dice, index);
  if (kind === 1) return directoryCase(dice, index);
  return { index, container: 'none', ...mutated(dice.pick(seeds), dice, index) };
}

function mutated(seed: Seed, dice: Dice, index: number) {
  const names = Object.keys(mutators);
  const mutations = Array.from({ length: dice.pick([1, 1, 1, 2, 3]) }, () => dice.pick(names));
  let bytes = withOwnUid(seed.bytes, index);
  for (const name of mutations) {
    const map = mapElements(bytes);
    if (map.fields.length > 0) bytes = applied(name, bytes, map, dice);
  }
  return { seedName: seed.name, mutations, bytes };
}

/** What is left of a file by one mutation may be too short for the next, which then changes nothing. */
function applied(name: string, bytes: Buffer, map: ElementMap, dice: Dice): Buffer {
  try {
    return mutators[name]?.(bytes, map, dice) ?? bytes;
  } catch (error) {
    if (error instanceof RangeError) return bytes;
    throw error;
  }
}

/** Bad files in a good archive, or good files in a bad one. */
function zipCase(seeds: readonly Seed[], dice: Dice, index: number): FuzzCase {
  const seed = dice.pick(seeds);
  const isArchiveBad = dice.below(2) === 0;
  const inside = isArchiveBad ? withOwnUid(seed.bytes, index) : mutated(seed, dice, index).bytes;
  const names = ['a.dcm', 'b/c.dcm', '../x.dcm', 'テスト.dcm', 'a'.repeat(300), 'DICOMDIR', 'nul\0.dcm'];
  const members = Array.from({ length: 1 + dice.below(4) }, () => ({
    name: dice.pick(names),
    bytes: inside,
    isStored: dice.below(2) === 0,
    flags: dice.pick([0, 0, 0, 0x800, 1]),
    method: dice.pick([undefined, undefined, undefined, 9, 12]),
    claimedBytes: dice.pick([undefined, undefined, 0, 0xfffffff0, inside.length + 1]),
  }));
  const archive = aZip(
    members.map(({ method, claimedBytes, ...member }) => ({
      ...member,
      ...(method !== undefined && { method }),
      ...(claimedBytes !== undefined && { claimedBytes }),
    })),
  );
  const bytes = isArchiveBad ? damaged(archive, dice) : archive;
  return {
    index,
    container: 'zip',
    seedName: seed.name,
    mutations: [isArchiveBad ? 'bad archive' : 'bad member'],
    bytes,
  };
}

/** An index that names files in every way it should not, and is damaged itself. */
function directoryCase(dice: Dice, index: number): FuzzCase {
  const names = [
    'IMAGE',
    '..',
    '.',
    '',
    '/etc/passwd',
    'C:',
    'A'.repeat(2000),
    'case-00000001.dcm',
    '\0',
    '~',
    '%2e%2e',
  ];
  const items = Array.from({ length: dice.below(8) }, () => [
    element('00041430', 'CS', dice.pick(['IMAGE', 'PATIENT', 'PRIVATE'])),
    element(
      '00041500',
      'CS',
      Array.from({ length: 1 + dice.below(4) }, () => dice.pick(names)),
    ),
  ]);
  const good = aFile([element('00041220', 'SQ', { items })], { sopClassUid: '1.2.840.10008.1.3.10' });
  const isDamaged = dice.below(2) === 0;
  const name = dice.pick(Object.keys(mutators));
  const bytes = isDamaged ? applied(name, good, mapElements(good), dice) : good;
  return { index, container: 'directory', seedName: 'own index', mutations: isDamaged ? [name] : [], bytes };
}

function damaged(bytes: Buffer, dice: Dice): Buffer {
  const changed = Buffer.from(bytes);
  for (let count = dice.pick([1, 3, 20]); count > 0; count--) {
    // The directory at the end is where it hurts.
    const at =
      dice.below(2) === 0
        ? dice.below(changed.length)
        : changed.length - 1 - dice.below(Math.min(120, changed.length));
    changed[at] = dice.pick([0, 0xff, dice.below(256)]);
  }
  return dice.below(4) === 0 ? changed.subarray(0, dice.below(changed.length)) : changed;
}
