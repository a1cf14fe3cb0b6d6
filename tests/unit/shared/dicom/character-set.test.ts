import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { characterSet } from '#shared/dicom/character-set.ts';
import { aFile, element, pydicomFiles, readMetadata } from '#tests/support/dicom-files.ts';

const yamada = { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' };
const halfWidthYamada = { ...yamada, Alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ' };

/** Patient's Name of each file, as the standard and pydicom's own tests print it. */
const patientNames: Readonly<Record<string, object>> = {
  'chrArab.dcm': { Alphabetic: 'قباني^لنزار' },
  'chrFren.dcm': { Alphabetic: 'Buc^Jérôme' },
  'chrFrenMulti.dcm': { Alphabetic: 'Buc^Jérôme' },
  'chrGerm.dcm': { Alphabetic: 'Äneas^Rüdiger' },
  'chrGreek.dcm': { Alphabetic: 'Διονυσιος' },
  'chrH31.dcm': yamada,
  'chrH32.dcm': halfWidthYamada,
  'chrHbrw.dcm': { Alphabetic: 'שרון^דבורה' },
  'chrI2.dcm': { Alphabetic: 'Hong^Gildong', Ideographic: '洪^吉洞', Phonetic: '홍^길동' },
  'chrJapMulti.dcm': { Alphabetic: 'やまだ^たろう' },
  'chrJapMultiExplicitIR6.dcm': { Alphabetic: 'やまだ^たろう' },
  'chrKoreanMulti.dcm': { Alphabetic: '김희중' },
  'chrRuss.dcm': { Alphabetic: 'Люкceмбypг' },
  'chrX1.dcm': { Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小東' },
  'chrX2.dcm': { Alphabetic: 'Wang^XiaoDong', Ideographic: '王^小东' },
};

const readPublic = (name: string) =>
  readMetadata(readFileSync(path.join(pydicomFiles, 'charset_files', name)));

test.for(Object.entries(patientNames))('the name in %s is right', ([name, expected]) => {
  expect(readPublic(name)['00100010']?.Value).toEqual([expected]);
});

test.for(['chrSQEncoding.dcm', 'chrSQEncoding1.dcm'])(
  'names inside the sequence of %s follow its own or the inherited character set',
  (name) => {
    const [item] = readPublic(name)['00321064']?.Value ?? [];
    expect(item).toMatchObject({ '00100010': { vr: 'PN', Value: [halfWidthYamada] } });
  },
);

test('every value of a list of names starts again with the first set', () => {
  expect(readPublic('chrFrenMulti.dcm')['00101001']?.Value).toEqual([
    { Alphabetic: 'Buc^Jérôme' },
    { Alphabetic: 'Buc^Jérôme' },
  ]);
});

const bytes = (text: string) => Buffer.from(text, 'latin1');
const decode = (terms: string[], text: string, kind: 'text' | 'name' | 'multi-value' = 'name') =>
  characterSet(terms).decode(bytes(text), kind);

test.each([
  // PS3.5 H.3.1 and H.3.2
  [
    ['', 'ISO 2022 IR 87'],
    'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
    'Yamada^Tarou=山田^太郎=やまだ^たろう',
  ],
  [
    ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
    '\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J',
    'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
  ],
  // PS3.5 I.2
  [
    ['', 'ISO 2022 IR 149'],
    'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
    'Hong^Gildong=洪^吉洞=홍^길동',
  ],
  // PS3.5 K.2
  [
    ['', 'ISO 2022 IR 58'],
    'Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=',
    'Zhang^XiaoDong=张^小东=',
  ],
  // JIS X 0212: 丂
  [['', 'ISO 2022 IR 159'], '\x1b$(D0!\x1b(B', '丂'],
  [['ISO 2022 IR 100', 'ISO 2022 IR 126'], '\xc4neas^\x1b-F\xc4\xe9', 'Äneas^Δι'],
  [['ISO 2022 IR 100', 'ISO 2022 IR 144'], '\xc4^\x1b-L\xbb\xee', 'Ä^Лю'],
  [['ISO_IR 166'], '\xca\xc1\xaa\xd2\xc2', 'สมชาย'],
  [['ISO_IR 13'], '\xcf\xc2\xc0\xde', 'ﾏﾂﾀﾞ'],
  [['ISO_IR 203'], '\xa4', '€'],
  [['GBK'], '\xcd\xf5^\xd0\xa1\xb6\xab', '王^小东'],
])('%j is decoded', (terms, encoded, expected) => {
  expect(decode(terms, encoded)).toBe(expected);
});

test('writers who confuse spaces, hyphens and underscores are understood', () => {
  for (const term of ['ISO_IR 100', 'ISO-IR 100', 'ISO IR 100', 'iso_ir 100 ', 'ISO_IR_100']) {
    expect(decode([term], 'J\xe9r\xf4me')).toBe('Jérôme');
  }
  expect(decode(['nonsense'], 'J\xe9')).toBe('Jé');
});

test('a byte that looks like a delimiter inside a two-byte character is none', () => {
  // 表 is 0x493d and 予 0x4d3d in JIS X 0208: 0x3d is "=".
  expect(decode(['', 'ISO 2022 IR 87'], '\x1b$BI=M=\x1b(B')).toBe('表予');
  // 0x5c is the second byte of 十 in GB18030 and would be a backslash.
  const file = aFile([
    element('00080005', 'CS', 'GB18030'),
    element('00104000', 'LO', bytes('\x8e\x5c\\b ')),
  ]);
  expect(readMetadata(file)['00104000']?.Value).toEqual(['嶾', 'b']);
});

test('hostile escape sequences end in text, not in an error', () => {
  for (const text of ['\x1b', '\x1b$', '\x1b$B', '\x1b$B0', '\x1b(Z\xff', '\x1b'.repeat(1000)]) {
    expect(typeof decode(['', 'ISO 2022 IR 87'], text)).toBe('string');
  }
});
