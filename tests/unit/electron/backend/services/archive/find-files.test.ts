import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { IngestPool } from '#backend/services/archive/ingest-pool.ts';
import { aFile, element, identity, imageShape, pydicomFiles } from '#tests/support/dicom-files.ts';
import { ingestAll, told } from '#tests/support/importing.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';
import { aZip } from '#tests/support/zip-files.ts';

const pool = new IngestPool(forkHelper, 1);
afterAll(() => pool.close());

let folder = temporaryDirectory();
let staging = temporaryDirectory();
beforeEach(() => {
  folder = temporaryDirectory();
  staging = temporaryDirectory();
});
afterEach(() => {
  folder.remove();
  staging.remove();
});

const inFolder = (...names: string[]) => path.join(folder.path, ...names);
const image = (number: number, byteLength = 24) =>
  aFile([
    ...identity(number),
    ...imageShape(),
    element('7FE00010', 'OW', new Uint8Array(byteLength).fill(number)),
  ]);
const find = async (...paths: string[]) => {
  const outcomes = await ingestAll(paths, staging.path, pool);
  // What was refused left nothing behind.
  expect(readdirSync(staging.path)).toHaveLength(outcomes.filter(({ ok }) => ok).length);
  return { outcomes, told: told(outcomes, folder.path) };
};

test('folders are read once, whatever links say, and nothing but files is opened', async () => {
  mkdirSync(inFolder('a/b'), { recursive: true });
  writeFileSync(inFolder('a/1.dcm'), image(1));
  writeFileSync(inFolder('a/b/2.dcm'), image(2));
  symlinkSync('..', inFolder('a/b/loop'));
  symlinkSync('a', inFolder('link-to-a'));
  symlinkSync('nowhere', inFolder('dangling'));
  execFileSync('mkfifo', [inFolder('pipe')]);
  expect((await find(folder.path)).told).toEqual([
    'a/1.dcm: ok',
    'a/b/2.dcm: ok',
    'dangling: missing-file',
    'pipe: not-a-file',
  ]);
  staging.remove();
  staging = temporaryDirectory();
  expect((await find('/dev/null', inFolder('none'))).told).toEqual([
    '/dev/null: not-a-file',
    'none: missing-file',
  ]);
});

test('zip archives are read without being unpacked, whatever they are called', async () => {
  const zip = aZip([
    { name: 'study/', bytes: new Uint8Array(0), isStored: true },
    { name: 'study/1.dcm', bytes: image(1) },
    { name: 'study/2.dcm', bytes: image(2), isStored: true },
    { name: 'study/DICOMDIR', bytes: Buffer.from('index') },
    { name: 'study/readme.txt', bytes: Buffer.from('hello, this is no image at all') },
  ]);
  writeFileSync(inFolder('images.bin'), zip);
  const { outcomes, told: lines } = await find(folder.path);
  expect(lines).toEqual([
    'images.bin/study/1.dcm: ok',
    'images.bin/study/2.dcm: ok',
    'images.bin/study/readme.txt: not-dicom',
  ]);
  const [first] = outcomes;
  expect(first && 'file' in first && first.file.fileSha256).toBe(
    createHash('sha256').update(image(1)).digest('hex'),
  );
  expect(readFileSync(path.join(staging.path, '0'))).toEqual(image(1));
});

test('a large file in a zip streams through and comes out bit for bit', async () => {
  const large = aFile([
    ...identity(),
    ...imageShape({ rows: 3000, columns: 3000 }),
    element('7FE00010', 'OW', Buffer.alloc(18_000_000, 'speckle')),
  ]);
  writeFileSync(inFolder('large.zip'), aZip([{ name: 'large.dcm', bytes: large }]));
  const { outcomes } = await find(folder.path);
  expect(outcomes).toMatchObject([{ ok: true, file: { byteLength: large.length } }]);
  expect(readFileSync(path.join(staging.path, '0')).equals(large)).toBe(true);
});

test('names in a zip are shown as they were meant', async () => {
  const members = [
    { name: Buffer.from('検査/頭部.dcm'), bytes: image(1), flags: 0x800 },
    { name: Buffer.from('検査/無印.dcm'), bytes: image(2) },
    // 検査 in Shift_JIS, as Japanese Windows writes it.
    { name: Buffer.from([0x8c, 0x9f, 0x8d, 0xb8, 0x2f, 0x31]), bytes: image(3) },
  ];
  writeFileSync(inFolder('z.zip'), aZip(members));
  expect((await find(folder.path)).told).toEqual([
    'z.zip/検査/頭部.dcm: ok',
    'z.zip/検査/無印.dcm: ok',
    'z.zip/検査/1: ok',
  ]);
});

test('what is wrong with one file in a zip harms no other', async () => {
  const members = [
    { name: '../../../etc/cron.d/evil.dcm', bytes: image(1) },
    { name: '/absolute.dcm', bytes: image(2) },
    { name: 'C:\\windows\\x.dcm', bytes: image(3) },
    { name: 'secret.dcm', bytes: image(4), flags: 1 },
    { name: 'bzip2.dcm', bytes: image(5), method: 12 },
    { name: 'inner.zip', bytes: aZip([{ name: '1.dcm', bytes: image(6) }]) },
    { name: 'longer.dcm', bytes: image(7), claimedBytes: image(7).length - 10 },
    { name: 'shorter.dcm', bytes: image(8), claimedBytes: image(8).length + 10 },
    { name: 'changed.dcm', bytes: image(9), claimedCrc32: 12345 },
    { name: 'packed.gz', bytes: gzipSync(image(10)) },
    { name: 'link.dcm', bytes: Buffer.from('../../../etc/passwd'), isLink: true },
    { name: 'good.dcm', bytes: image(11) },
  ];
  writeFileSync(inFolder('z.zip'), aZip(members));
  const { told: lines } = await find(folder.path);
  expect(lines.map((line) => line.replace(/^z\.zip(\/|: )/, ''))).toEqual([
    '../../../etc/cron.d/evil.dcm: zip-unsafe-path',
    '/absolute.dcm: zip-unsafe-path',
    'C:/windows/x.dcm: zip-unsafe-path',
    'secret.dcm: zip-encrypted',
    'bzip2.dcm: zip-unsupported',
    'inner.zip: zip-nested',
    'longer.dcm: zip-malformed',
    'shorter.dcm: zip-malformed',
    'changed.dcm: zip-malformed',
    'packed.gz: compressed-file',
    'link.dcm: not-dicom',
    'good.dcm: ok',
  ]);
});

test('zip bombs are not unpacked', async () => {
  const zeros = Buffer.alloc(300 * 1024 * 1024);
  writeFileSync(inFolder('1.zip'), aZip([{ name: 'zeros.dcm', bytes: zeros }]));
  const many = Array.from({ length: 50 }, (_, index) => ({
    name: `${index}`,
    bytes: image(1),
    sharesBytesOf: 0,
  }));
  writeFileSync(inFolder('2.zip'), aZip([{ name: 'first', bytes: image(1) }, ...many]));
  const claims = Array.from({ length: 3 }, (_, index) => ({
    name: `${index}`,
    bytes: image(1),
    claimedBytes: 0xfffffff0,
  }));
  writeFileSync(inFolder('3.zip'), aZip(claims));
  expect((await find(folder.path)).told).toEqual([
    '1.zip/zeros.dcm: zip-too-large',
    '2.zip: zip-malformed',
    '3.zip: zip-too-large',
  ]);
});

test('a broken zip is refused as a whole, cut anywhere', async () => {
  const zip = aZip([{ name: '1.dcm', bytes: image(1) }]);
  for (const length of [4, 30, 100, zip.length - 22, zip.length - 1]) {
    writeFileSync(inFolder(`${length}.zip`), zip.subarray(0, length));
  }
  const { outcomes } = await find(folder.path);
  expect(outcomes).toHaveLength(5);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: false, code: 'zip-malformed' });
});

test('gzip files and indexes say what they are', async () => {
  writeFileSync(inFolder('packed.gz'), gzipSync(image(1)));
  expect((await find(folder.path)).told).toEqual(['packed.gz: compressed-file']);
});

const record = (...names: string[]) => [element('00041430', 'CS', 'IMAGE'), element('00041500', 'CS', names)];
const directoryFile = (records: ReturnType<typeof record>[]) =>
  aFile([element('00041220', 'SQ', { items: records })], { sopClassUid: '1.2.840.10008.1.3.10' });

test('a DICOMDIR stands for what it names, and in a folder for nothing', async () => {
  mkdirSync(inFolder('cd/images'), { recursive: true });
  writeFileSync(inFolder('cd/images/im1'), image(1));
  writeFileSync(inFolder('cd/images/IM2.;1'), image(2));
  writeFileSync(inFolder('cd/not-named.dcm'), image(3));
  writeFileSync(inFolder('secret.dcm'), image(4));
  symlinkSync('../../secret.dcm', inFolder('cd/images/LINK'));
  const unused = [...record('IMAGES', 'GONE'), element('00041410', 'US', 0)];
  const index = directoryFile([
    record('IMAGES', 'IM1'),
    record('IMAGES', 'IM1'),
    record('IMAGES', 'IM2'),
    record('IMAGES', 'IM3'),
    unused,
    record('..', 'SECRET.DCM'),
    record('IMAGES', 'LINK'),
    record('IMAGES/../../SECRET.DCM'),
    [element('00041430', 'CS', 'PATIENT')],
  ]);
  writeFileSync(inFolder('cd/DICOMDIR'), index);
  expect((await find(inFolder('cd/DICOMDIR'))).told).toEqual([
    'cd/images/im1: ok',
    'cd/images/IM2.;1: ok',
    'cd/IMAGES/IM3: missing-file',
    'cd/DICOMDIR: ..\\SECRET.DCM: directory-unsafe-path',
    'cd/DICOMDIR: IMAGES\\LINK: directory-unsafe-path',
    'cd/DICOMDIR: IMAGES/../../SECRET.DCM: directory-unsafe-path',
  ]);
});

test('a DICOMDIR in a folder is neither imported nor refused, but says what is missing', async () => {
  writeFileSync(inFolder('1.dcm'), image(1));
  const index = directoryFile([record('1.DCM'), record('2.DCM'), record('..', '3.DCM')]);
  writeFileSync(inFolder('DICOMDIR'), index);
  expect((await find(folder.path)).told).toEqual(['1.dcm: ok', '2.DCM: missing-file']);
  writeFileSync(inFolder('DICOMDIR'), index.subarray(0, 400));
  staging.remove();
  staging = temporaryDirectory();
  expect((await find(folder.path)).told).toEqual(['1.dcm: ok']);
});

test('links are followed inside of what was given, and not out of it', async () => {
  mkdirSync(inFolder('given/images'), { recursive: true });
  mkdirSync(inFolder('elsewhere'));
  writeFileSync(inFolder('given/images/1.dcm'), image(1));
  writeFileSync(inFolder('elsewhere/2.dcm'), image(2));
  symlinkSync('images/1.dcm', inFolder('given/again.dcm'));
  symlinkSync('../elsewhere', inFolder('given/folder-outside'));
  symlinkSync('../elsewhere/2.dcm', inFolder('given/file-outside'));
  symlinkSync('/', inFolder('given/everything'));
  symlinkSync('/dev/zero', inFolder('given/zero'));
  symlinkSync('given', inFolder('given-by-link'));
  const inside = ['again.dcm: ok', 'everything: link-outside', 'file-outside: link-outside'];
  const rest = ['folder-outside: link-outside', 'images/1.dcm: ok', 'zero: link-outside'];
  for (const given of ['given', 'given-by-link']) {
    expect((await find(inFolder(given))).told).toEqual(
      [...inside, ...rest].map((line) => `${given}/${line}`),
    );
    staging.remove();
    staging = temporaryDirectory();
  }
  // Chosen by a person, a link is what it leads to.
  expect((await find(inFolder('given/file-outside'))).told).toEqual(['given/file-outside: ok']);
});

test('a broken DICOMDIR is refused with a reason of its own', async () => {
  const index = directoryFile([record('1.DCM')]);
  index.fill(0xff, index.length - 20);
  writeFileSync(inFolder('DICOMDIR'), index);
  expect((await find(inFolder('DICOMDIR'))).told).toEqual(['DICOMDIR: directory-malformed']);
});

test.for([
  ['DICOMDIR', 31],
  ['DICOMDIR-bigEnd', 31],
  ['DICOMDIR-implicit', 31],
  ['DICOMDIR-nooffset', 31],
  ['DICOMDIR-nopatient', 31],
  ['DICOMDIR-reordered', 31],
  ['DICOMDIR-empty.dcm', 0],
  ['TINY_ALPHA/DICOMDIR', 50],
] as const)('the medium of %s is imported', async ([name, files]) => {
  cpSync(path.join(pydicomFiles, 'test_files/dicomdirtests'), inFolder('media'), { recursive: true });
  const { outcomes } = await find(inFolder('media', name));
  expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
  expect(outcomes).toHaveLength(files);
});
