import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { DEFLATED_EXPLICIT_LITTLE_ENDIAN } from '#shared/dicom/transfer-syntax.ts';
import { writeFileMeta } from '#shared/dicom/write-file.ts';
import { inflateDataSet } from '#backend/processes/inflated-data-set.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { IngestPool } from '#backend/services/archive/ingest-pool.ts';
import { aFile, element, identity, imageShape } from '#tests/support/dicom-files.ts';
import { writeLargeFile } from '#tests/support/large-file.ts';
import { peakResidentBytes } from '#tests/support/process-memory.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const MIB = 1024 * 1024;

const pool = new IngestPool(forkHelper, 1);
afterAll(() => pool.close());

let folder = temporaryDirectory();
beforeEach(() => {
  folder = temporaryDirectory();
});
afterEach(() => folder.remove());

const inFolder = (name: string) => path.join(folder.path, name);
const staged = () => inFolder('staged');

async function ingestBytes(bytes: Uint8Array) {
  writeFileSync(inFolder('source'), bytes);
  const result = await pool.ingest({ sourcePath: inFolder('source'), stagingPath: staged() });
  expect(readdirSync(folder.path).sort()).toEqual(result.ok ? ['source', 'staged'] : ['source']);
  return result;
}

const pixels = Buffer.alloc(2 * 24, 'ab');
const twoFrames = [...identity(), ...imageShape({ frames: 2 }), element('7FE00010', 'OW', pixels)];

test('the staged file is the source, and both hashes are right', async () => {
  const bytes = aFile(twoFrames);
  const result = await ingestBytes(bytes);
  if (!result.ok) throw new Error(result.code);
  const { file } = result;
  const sha256 = (part: Uint8Array) => createHash('sha256').update(part).digest('hex');
  expect(file.fileSha256).toBe(sha256(bytes));
  expect(file.dataSetSha256).toBe(sha256(bytes.subarray(file.dataSetOffset)));
  expect(readFileSync(staged()).equals(bytes)).toBe(true);
});

test('the same data set under another meta information has the same identity', async () => {
  const results = [];
  for (const sopClassUid of ['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.7']) {
    results.push(await ingestBytes(aFile(twoFrames, { sopClassUid })));
    rmSync(staged());
  }
  const files = results.map((result) => (result.ok ? result.file : undefined));
  expect(new Set(files.map((file) => file?.dataSetSha256)).size).toBe(1);
  expect(new Set(files.map((file) => file?.fileSha256)).size).toBe(2);
});

test('frames of a deflated file are found in its inflated data set, and the file stays as it is', async () => {
  const bytes = aFile(twoFrames, { transferSyntaxUid: DEFLATED_EXPLICIT_LITTLE_ENDIAN });
  const result = await ingestBytes(bytes);
  if (!result.ok) throw new Error(result.code);
  expect(readFileSync(staged()).equals(bytes)).toBe(true);
  const pieces: Uint8Array[] = [];
  for await (const piece of inflateDataSet([bytes.subarray(result.file.dataSetOffset)])) pieces.push(piece);
  const inflated = Buffer.concat(pieces);
  const frames = result.file.frames.map(({ fileOffset, byteLength }) =>
    inflated.subarray(fileOffset, fileOffset + byteLength),
  );
  expect(Buffer.concat(frames).equals(pixels)).toBe(true);
});

const deflatedFile = (deflated: Uint8Array) =>
  Buffer.concat([
    ...writeFileMeta({
      sopClassUid: '1.2.3',
      sopUid: '1.2.4',
      transferSyntaxUid: DEFLATED_EXPLICIT_LITTLE_ENDIAN,
    }),
    deflated,
  ]);

test('a deflated file that is cut, damaged or not deflated at all is refused', async () => {
  const whole = aFile(twoFrames, { transferSyntaxUid: DEFLATED_EXPLICIT_LITTLE_ENDIAN });
  for (const bytes of [
    whole.subarray(0, -20),
    deflatedFile(Buffer.from('no deflate stream, but some text that is long enough')),
    deflatedFile(new Uint8Array(0)),
  ]) {
    expect(await ingestBytes(bytes)).toMatchObject({ ok: false, code: 'inflated-malformed' });
  }
  const notInstance = deflatedFile(deflateRawSync(Buffer.from('inflates well')));
  expect(await ingestBytes(notInstance)).toMatchObject({ ok: false, code: 'malformed' });
});

test('a deflated bomb is stopped', async () => {
  const header = aFile([...identity(), ...imageShape()]).subarray(aFile([]).length);
  const bomb = deflateRawSync(Buffer.concat([header, Buffer.alloc(600 * MIB)]));
  expect(bomb.length).toBeLessThan(MIB);
  expect(await ingestBytes(deflatedFile(bomb))).toMatchObject({ ok: false, code: 'inflated-too-large' });
  if (process.platform === 'linux') expect(peakResidentBytes('ingest-process')).toBeLessThan(400 * MIB);
});

test('a file much larger than the memory of its helper is copied piece by piece, with signs of life', async () => {
  const frames = 900;
  const byteLength = writeLargeFile(inFolder('large.dcm'), frames);
  const fresh = new IngestPool(forkHelper, 1);
  const reports: number[] = [];
  const result = await fresh.ingest(
    { sourcePath: inFolder('large.dcm'), stagingPath: staged() },
    (bytesDone) => reports.push(bytesDone),
  );
  if (process.platform === 'linux') expect(peakResidentBytes('ingest-process')).toBeLessThan(300 * MIB);
  fresh.close();
  if (!result.ok) throw new Error(result.code);
  expect(result.file.byteLength).toBe(byteLength);
  expect(result.file.frames).toHaveLength(frames);
  expect(result.file.frames.at(-1)?.fileOffset).toBe(byteLength - 512 * 512 * 2);
  expect(reports.length).toBeGreaterThan(10);
  expect(reports).toEqual([...reports].sort((a, b) => a - b));
});
