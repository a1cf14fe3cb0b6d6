import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { mapElements } from './element-map.ts';
import type { ElementMap, Field } from './element-map.ts';
import type { Dice } from './dice.ts';

/** Makes a worse file of a good one. Sees what stands where; must not depend on anything but its dice. */
export type Mutator = (file: Buffer, map: ElementMap, dice: Dice) => Buffer;

const VRS =
  'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'.split(
    ' ',
  );
const EXTREMES = [
  0, 1, 2, 7, 8, 0x7f, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0,
  0xfffffffe, 0xffffffff,
];
const TRAVERSALS = [
  '../../../../tmp/owned',
  '..\\..\\windows\\owned',
  '/etc/passwd',
  '1.2.3/../../x',
  '.',
  '..',
  '1.2\0../x',
  '%2e%2e%2f',
  'con',
  '1.2.3\r\nX-Y: z',
  '$(touch owned)',
  '`id`',
  "1';DROP TABLE studies;--",
];
const CHARACTER_SETS = [
  'ISO 2022 IR 87',
  '\\ISO 2022 IR 159',
  'ISO_IR 192',
  'GB18030',
  'GBK',
  'ISO_IR 13',
  'nonsense',
  '\\\\\\',
  'ISO 2022 IR 149\\ISO 2022 IR 58',
  'ISO_IR 999',
];
const TEXTS = [
  '\x1b$B',
  '\x1b$(D\xff',
  '\x1b(J\x1b)I\xff\xfe',
  '\u202egnp.exe',
  '=1+1',
  '<img src=x onerror=alert(1)>',
  '\0\0\0',
  '\ud83d\ude00',
  '^^^^^====',
  '\\\\\\\\',
  'x'.repeat(300),
  '=cmd|calc',
  '\xff\xfe\xfd',
  'a=b=c=d=e',
];
const NUMBERS = [
  '1e999',
  '-1',
  '0',
  'NaN',
  '9'.repeat(16),
  '0x10',
  '1.5',
  '-0',
  '2147483648',
  ' ',
  '1\\2\\3',
  '--5',
  '1e-999',
  '+',
  '99999999999999999999',
];
const SYNTAXES = [
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.2',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.4.50',
  '1.2.840.10008.1.2.5',
  '1.2.840.10008.1.2.4.100',
  '1.2.3.4',
  '',
];

/** Attributes that say how many pixels there are. */
const DIMENSIONS = new Set([
  '00280002',
  '00280006',
  '00280008',
  '00280010',
  '00280011',
  '00280100',
  '00280101',
  '00280102',
  '00280103',
]);
const UID_TAGS = new Set(['00080018', '0020000D', '0020000E', '00080016', '00020003', '00020010']);

export const mutators: Readonly<Record<string, Mutator>> = {
  'length lie': (file, map, dice) =>
    withField(file, map, dice, (changed, field) =>
      writeLength(changed, map, field, lieAbout(field, file, dice)),
    ),

  'several length lies': (file, map, dice) => {
    let changed = file;
    for (let count = dice.below(6) + 2; count > 0; count--) {
      changed = withField(changed, map, dice, (each, field) =>
        writeLength(each, map, field, lieAbout(field, file, dice)),
      );
    }
    return changed;
  },

  'VR swap': (file, map, dice) =>
    withField(file, map, dice, (changed, field) => {
      if (field.vrOffset !== undefined) changed.write(dice.pick(VRS), field.vrOffset, 'latin1');
    }),

  'VR garbage': (file, map, dice) =>
    withField(file, map, dice, (changed, field) => {
      if (field.vrOffset !== undefined) changed.writeUInt16LE(dice.below(0x10000), field.vrOffset);
    }),

  'tag change': (file, map, dice) =>
    withField(file, map, dice, (changed, field) => {
      const other = dice.pick(map.fields);
      file.copy(changed, field.headerOffset, other.headerOffset, other.headerOffset + 4);
    }),

  'tag garbage': (file, map, dice) =>
    withField(file, map, dice, (changed, field) =>
      changed.writeUInt32LE(dice.extreme(EXTREMES), field.headerOffset),
    ),

  depth: (file, map, dice) => {
    const depth = dice.pick([5, 30, 63, 64, 65, 200, 3000, 20_000]);
    const nested = nestedSequences(depth, map, dice.below(2) === 0);
    return insert(file, beforePixels(map, file), nested);
  },

  'undefined length': (file, map, dice) =>
    withField(file, map, dice, (changed, field) => writeLength(changed, map, field, 0xffffffff)),

  'delimiter loss': (file, map, dice) => {
    const delimiters = map.fields.filter(({ tag }) => tag === 'FFFEE00D' || tag === 'FFFEE0DD');
    if (delimiters.length === 0) return truncated(file, dice);
    const { headerOffset } = dice.pick(delimiters);
    return Buffer.concat([file.subarray(0, headerOffset), file.subarray(headerOffset + 8)]);
  },

  'stray delimiter': (file, map, dice) => {
    const marker = Buffer.alloc(8);
    marker.writeUInt16LE(0xfffe, 0);
    marker.writeUInt16LE(dice.pick([0xe000, 0xe00d, 0xe0dd]), 2);
    marker.writeUInt32LE(dice.pick([0, 0, 8, 0xffffffff]), 4);
    return insert(file, dice.pick(map.fields).headerOffset, marker);
  },

  truncation: (file, _map, dice) => truncated(file, dice),

  'sector of zeros': (file, _map, dice) => {
    const changed = Buffer.from(file);
    const start = dice.below(file.length);
    return changed.fill(0, start, Math.min(file.length, start + dice.pick([16, 512, 4096])));
  },

  'piece twice or missing': (file, _map, dice) => {
    const start = dice.below(file.length);
    const end = Math.min(file.length, start + dice.pick([2, 8, 100, 2048]));
    const middle = dice.below(2) === 0 ? file.subarray(start, end) : Buffer.alloc(0);
    return Buffer.concat([file.subarray(0, end), middle, file.subarray(dice.below(2) === 0 ? end : start)]);
  },

  'character set': (file, map, dice) => {
    const withSet = replaceValue(
      file,
      map,
      '00080005',
      Buffer.from(dice.pick(CHARACTER_SETS), 'latin1'),
      dice,
    );
    const again = mapElements(withSet);
    const texts = again.fields.filter(({ tag }) =>
      /^(00100010|0008103E|00081030|00100020|00080080)$/.test(tag),
    );
    if (texts.length === 0) return withSet;
    return replaceValue(withSet, again, dice.pick(texts).tag, Buffer.from(dice.pick(TEXTS), 'latin1'), dice);
  },

  'text trick': (file, map, dice) =>
    replaceValue(file, map, dice.pick(map.fields).tag, Buffer.from(dice.pick(TEXTS), 'utf8'), dice),

  'number trick': (file, map, dice) => {
    const numeric = map.fields.filter(({ tag }) => /^(0020|0028|0018)/.test(tag));
    const tag = numeric.length > 0 ? dice.pick(numeric).tag : '00200013';
    return replaceValue(file, map, tag, Buffer.from(dice.pick(NUMBERS), 'latin1'), dice);
  },

  'dimension lie': (file, map, dice) =>
    withField(
      file,
      map,
      dice,
      (changed, field) => {
        const value = dice.extreme(EXTREMES);
        for (let at = field.valueOffset; at + 2 <= field.valueOffset + Math.min(field.length, 8); at += 2) {
          changed.writeUInt16LE(value & 0xffff, at);
        }
      },
      ({ tag }) => DIMENSIONS.has(tag),
    ),

  'UID attack': (file, map, dice) => {
    const uids = map.fields.filter(({ tag }) => UID_TAGS.has(tag));
    if (uids.length === 0) return truncated(file, dice);
    return replaceValue(file, map, dice.pick(uids).tag, Buffer.from(dice.pick(TRAVERSALS), 'latin1'), dice);
  },

  'transfer syntax': (file, map, dice) =>
    replaceValue(file, map, '00020010', Buffer.from(dice.pick(SYNTAXES), 'latin1'), dice),

  'offset table lie': (file, map, dice) => {
    const items = map.fields.filter(({ tag, depth }) => tag === 'FFFEE000' && depth === 1);
    const table = items[0];
    if (!table) return flipped(file, dice);
    const changed = Buffer.from(file);
    const tableEnd = Math.min(changed.length, table.valueOffset + Math.min(table.length, 400));
    for (let at = table.valueOffset; at + 4 <= tableEnd; at += 4) {
      if (dice.below(3) === 0) changed.writeUInt32LE(dice.extreme(EXTREMES), at);
    }
    if (dice.below(2) === 0) return changed;
    const lies = Buffer.alloc(8 * (1 + dice.below(6)));
    for (let at = 0; at < lies.length; at += 4) lies.writeUInt32LE(dice.extreme(EXTREMES), at);
    return insert(changed, beforePixels(map, file), explicitElement('7FE00001', 'OV', lies));
  },

  'fragments split': (file, map, dice) => {
    const fragments = map.fields.filter(
      ({ tag, length }) => tag === 'FFFEE000' && length > 8 && length < 0xffffffff,
    );
    if (fragments.length === 0) return flipped(file, dice);
    const { lengthOffset, length, valueOffset } = dice.pick(fragments);
    const cut = 2 * dice.below(Math.floor(length / 2));
    const changed = Buffer.from(file);
    changed.writeUInt32LE(cut, lengthOffset);
    const marker = Buffer.from('feff00e000000000', 'hex');
    marker.writeUInt32LE(length - cut, 4);
    return insert(changed, valueOffset + cut, marker);
  },

  /** Values that a careless pattern looks at again from every character. */
  'busy value': (file, map, dice) => {
    const unit = dice.pick([' ', '\0', '9', '\\', '=', '^', '\x1b$B', '.', '1.2\\']);
    const value = Buffer.from(
      `${unit.repeat(Math.floor(dice.pick([4000, 65_000, 130_000]) / unit.length))}x `,
      'latin1',
    );
    if (dice.below(2) === 0) return replaceValue(file, map, dice.pick(map.fields).tag, value, dice);
    const [tag, vr] = dice.pick([
      ['00400280', 'UT'],
      ['00120010', 'UC'],
      ['00081190', 'UR'],
      ['00100010', 'PN'],
    ] as const);
    return insert(file, beforePixels(map, file), explicitElement(tag, vr, value));
  },

  'deflate trick': (file, map, dice) => deflateTrick(file, map, dice),

  bomb: (file, map, dice) => {
    // A small file that asks for much: a value, a sequence or an item of almost 4 GiB.
    const vr = dice.pick(['OB', 'UN', 'SQ', 'UT', 'OW']);
    const element = explicitElement(
      dice.pick(['00091001', '00420011', '7FDF0010', '00080005']),
      vr,
      Buffer.alloc(8),
    );
    element.writeUInt32LE(dice.pick([0xfffffffe, 0x7fffffff, 0x40000000]), 8);
    return insert(file, beforePixels(map, file), element);
  },

  'many elements': (file, map, dice) => {
    const element = explicitElement('00091001', 'LO', Buffer.from('x '));
    return insert(
      file,
      beforePixels(map, file),
      Buffer.concat(Array.from({ length: dice.pick([10, 1000, 20_000]) }, () => element)),
    );
  },

  'many items': (file, map, dice) => {
    const items = Buffer.concat(
      Array.from({ length: dice.pick([10, 1000, 20_000]) }, () => Buffer.from('feff00e000000000', 'hex')),
    );
    return insert(file, beforePixels(map, file), explicitElement('00081140', 'SQ', items));
  },

  'bit flips': (file, _map, dice) => flipped(file, dice),

  /** Reaches the decoders: the header stays good. */
  'pixel bytes': (file, map, dice) => {
    const start = beforePixels(map, file) + 12;
    if (start >= file.length) return flipped(file, dice);
    const pixels =
      dice.below(3) === 0 ? smeared(file.subarray(start), dice) : flipped(file.subarray(start), dice);
    return Buffer.concat([file.subarray(0, start), pixels]);
  },

  'header bit flips': (file, map, dice) => {
    const changed = Buffer.from(file);
    for (let count = 1 + dice.below(4); count > 0; count--) {
      const at = dice.pick(map.fields).headerOffset + dice.below(12);
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << dice.below(8));
    }
    return changed;
  },

  'trailing garbage': (file, _map, dice) =>
    Buffer.concat([file, dice.bytes(dice.pick([1, 7, 8, 100, 5000]))]),

  'elements shuffled': (file, map, dice) => {
    const top = map.fields.filter(
      ({ depth, headerOffset }) => depth === 0 && headerOffset >= map.dataSetOffset,
    );
    const pieces = top.map(({ headerOffset }, index) =>
      file.subarray(headerOffset, top[index + 1]?.headerOffset ?? file.length),
    );
    for (let index = pieces.length - 1; index > 0; index--) {
      const other = dice.below(index + 1);
      [pieces[index], pieces[other]] = [pieces[other] ?? file, pieces[index] ?? file];
    }
    return Buffer.concat([file.subarray(0, map.dataSetOffset), ...pieces]);
  },

  'random bytes': (file, _map, dice) => {
    const noise = dice.bytes(dice.pick([0, 1, 7, 131, 132, 140, 1000, 20_000]));
    const kept = dice.pick([0, 128, 132, 200, 400]);
    return Buffer.concat([file.subarray(0, kept), noise]);
  },
};

function lieAbout(field: Field, file: Buffer, dice: Dice): number {
  const rest = Math.max(0, file.length - field.valueOffset);
  const near = [
    field.length + 1,
    field.length - 1,
    field.length + 2,
    field.length - 2,
    field.length * 2,
    rest,
    rest + 1,
    rest - 1,
  ];
  return dice.below(2) === 0 ? dice.pick(near) : dice.extreme(EXTREMES);
}

function withField(
  file: Buffer,
  map: ElementMap,
  dice: Dice,
  change: (changed: Buffer, field: Field) => void,
  filter: (field: Field) => boolean = () => true,
): Buffer {
  const changed = Buffer.from(file);
  const candidates = map.fields.filter((field) => filter(field) && field.valueOffset <= file.length);
  if (candidates.length > 0) change(changed, dice.pick(candidates));
  return changed;
}

function writeLength(changed: Buffer, map: ElementMap, field: Field, length: number): void {
  const { lengthOffset, lengthBytes, headerOffset } = field;
  const isLittle = map.littleEndian || headerOffset < map.dataSetOffset;
  const value = lengthBytes === 2 ? length & 0xffff : length >>> 0;
  if (lengthBytes === 2) changed[isLittle ? 'writeUInt16LE' : 'writeUInt16BE'](value, lengthOffset);
  else changed[isLittle ? 'writeUInt32LE' : 'writeUInt32BE'](value, lengthOffset);
}

/** Sometimes with the length that belongs to the new value, sometimes with the old one. */
function replaceValue(file: Buffer, map: ElementMap, tag: string, value: Buffer, dice: Dice): Buffer {
  const field = map.fields.find((each) => each.tag === tag && each.length < 0xffff);
  if (!field) return insert(file, map.dataSetOffset, explicitElement(tag, 'LO', value));
  const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.from([dice.pick([0, 0x20])])]);
  const changed = Buffer.concat([
    file.subarray(0, field.valueOffset),
    padded,
    file.subarray(field.valueOffset + field.length),
  ]);
  if (dice.below(8) > 0) writeLength(changed, map, field, padded.length);
  return changed;
}

function insert(file: Buffer, at: number, piece: Buffer): Buffer {
  return Buffer.concat([file.subarray(0, at), piece, file.subarray(at)]);
}

function beforePixels(map: ElementMap, file: Buffer): number {
  const pixels = map.fields.find(({ tag, depth }) => depth === 0 && tag >= '7FE00000' && tag < 'FFFE');
  return pixels?.headerOffset ?? file.length;
}

/** Explicit little endian, in whatever file it lands. */
function explicitElement(tag: string, vr: string, value: Buffer): Buffer {
  const isLong = vr.startsWith('O') || vr === 'UN' || vr === 'SQ' || ['UC', 'UR', 'UT'].includes(vr);
  const header = Buffer.alloc(isLong ? 12 : 8);
  header.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  header.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  header.write(vr, 4, 'latin1');
  if (isLong) header.writeUInt32LE(value.length, 8);
  else header.writeUInt16LE(value.length & 0xffff, 6);
  return Buffer.concat([header, value]);
}

function nestedSequences(depth: number, map: ElementMap, isUndefined: boolean): Buffer {
  if (isUndefined) {
    const open = map.explicitVr ? '0800401153510000ffffffff' : '08004011ffffffff';
    return Buffer.concat([
      Buffer.from(`${open}feff00e0ffffffff`.repeat(depth), 'hex'),
      Buffer.from('feff0de000000000feffdde000000000'.repeat(depth), 'hex'),
    ]);
  }
  let inside: Buffer = Buffer.alloc(0);
  for (let level = 0; level < Math.min(depth, 300); level++) {
    const item = Buffer.from('feff00e000000000', 'hex');
    item.writeUInt32LE(inside.length, 4);
    inside = explicitElement('00081140', 'SQ', Buffer.concat([item, inside]));
  }
  return inside;
}

/** Damages the stream, or what is inside, or makes a bomb of it. */
function deflateTrick(file: Buffer, map: ElementMap, dice: Dice): Buffer {
  const head = file.subarray(0, map.dataSetOffset);
  let dataSet: Buffer = file.subarray(map.dataSetOffset);
  try {
    dataSet = inflateRawSync(dataSet);
  } catch {
    // It is not deflated yet.
  }
  const withSyntax = replaceValue(
    Buffer.concat([head, Buffer.alloc(8)]),
    map,
    '00020010',
    Buffer.from('1.2.840.10008.1.2.1.99'),
    dice,
  );
  const newHead = withSyntax.subarray(0, withSyntax.length - 8);
  const kind = dice.below(4);
  if (kind === 0) return Buffer.concat([newHead, dataSet]);
  const inside =
    kind === 1
      ? Buffer.concat([dataSet, Buffer.alloc(2_000_000)])
      : kind === 2
        ? flipped(dataSet, dice)
        : dataSet;
  const deflated = deflateRawSync(inside);
  return Buffer.concat([newHead, kind === 3 ? flipped(deflated, dice) : deflated]);
}

function truncated(file: Buffer, dice: Dice): Buffer {
  return file.subarray(0, dice.below(file.length));
}

/** One stretch of other bytes, most of them at the head of a code stream, where sizes and tables stand. */
function smeared(bytes: Buffer, dice: Dice): Buffer {
  const changed = Buffer.from(bytes);
  const start = dice.below(dice.pick([64, 512, bytes.length]));
  return changed.fill(dice.bytes(1 + dice.below(8)), start, start + 1 + dice.below(40));
}

function flipped(file: Buffer, dice: Dice): Buffer {
  const changed = Buffer.from(file);
  if (changed.length === 0) return changed;
  for (let count = dice.pick([1, 1, 2, 8, 64]); count > 0; count--) {
    const at = dice.below(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << dice.below(8));
  }
  return changed;
}
