import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { createMemorySource } from '#shared/dicom/byte-source.ts';
import type { ByteSource } from '#shared/dicom/byte-source.ts';
import { walkDataSet } from '#shared/dicom/data-set-walk.ts';
import { readFragments } from '#shared/dicom/encapsulation.ts';
import { readFileStart } from '#shared/dicom/file-meta.ts';
import { indexFrames } from '#shared/dicom/frame-index.ts';
import { limits } from '#shared/dicom/limits.ts';
import { EXPLICIT_LITTLE_ENDIAN, transferSyntaxForReading } from '#shared/dicom/transfer-syntax.ts';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { writeDataSet } from '#shared/dicom/write-data-set.ts';
import type { RefusalCode } from '#shared/domain/refusal.ts';
import { vrOf } from '#backend/processes/dictionary.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { inflateDataSet } from '#backend/processes/inflated-data-set.ts';
import { readZipEntry } from '#backend/processes/zip-entry.ts';
import { refuseBombs } from '#backend/processes/zip-listing.ts';
import { IngestPool } from '#backend/services/archive/ingest-pool.ts';
import { aFile, element, identity, imageShape, readFromMemory } from '#tests/support/dicom-files.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const MIB = 1024 * 1024;
const folder = temporaryDirectory();
const pool = new IngestPool(forkHelper, 1);
afterAll(() => {
  pool.close();
  folder.remove();
});

const encoding = { explicitVr: true, littleEndian: true };
const walk = (source: ByteSource) => walkDataSet(source, 0, { ...encoding, vrOf });

/** Element headers again and again, with zeros as values: as long as it likes, and nowhere in memory. */
function repeated(header: Uint8Array, valueBytes: number, times: number): ByteSource {
  const period = header.length + valueBytes;
  return {
    byteLength: period * times,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      const within = offset % period;
      if (within < header.length) bytes.set(header.subarray(within, within + length));
      return bytes;
    },
  };
}

function headerOf(given: DataElement): Uint8Array {
  const whole = Buffer.concat(writeDataSet([given], encoding));
  return whole.subarray(0, whole.length - ((given.value as Uint8Array | undefined)?.byteLength ?? 0));
}

/** An image that claims to be of this shape, with so many bytes of pixels. */
function frames(shape: { rows?: number; columns?: number; frames?: number }, byteLength: number) {
  const { rows = 4, columns = 3, frames: numberOfFrames = 1 } = shape;
  const pixelData = { tag: 'x7fe00010', path: '7FE00010', vr: 'OW', fileOffset: 0, byteLength };
  const walked = walk(createMemorySource(new Uint8Array()));
  const image = { rows, columns, numberOfFrames, bitsAllocated: 16, samplesPerPixel: 1 };
  return () =>
    indexFrames(
      { ...walked, bulkValues: new Map([['x7fe00010', pixelData]]) },
      { ...image, photometricInterpretation: 'MONOCHROME2' },
      createMemorySource(new Uint8Array()),
      transferSyntaxForReading(EXPLICIT_LITTLE_ENDIAN),
    );
}

async function inflated(deflated: Iterable<Uint8Array>): Promise<void> {
  for await (const chunk of inflateDataSet(deflated)) void chunk;
}

/** Blocks that may follow each other: a stream of any length in the memory of one. */
function* blocks(block: Uint8Array, times: number) {
  const deflated = deflateRawSync(block, { finishFlush: constants.Z_FULL_FLUSH });
  for (let count = 0; count < times; count++) yield deflated;
}

async function refusedFile(name: string, bytes: Uint8Array): Promise<{ code: string }> {
  mkdirSync(folder.path, { recursive: true });
  const sourcePath = path.join(folder.path, name);
  writeFileSync(sourcePath, bytes);
  const result = await pool.ingest({ sourcePath, stagingPath: path.join(folder.path, 'staged') });
  if (result.ok) throw new Error('it was taken');
  return result;
}

const place = { localHeaderOffset: 0, compressedBytes: 0, uncompressedBytes: 0, method: 8, crc32: 0 };

/** Behind each limit a file that is just beyond it, and what it is refused with. */
const attacks: Readonly<
  Record<Exclude<keyof typeof limits, 'headerValueBytes'>, { code: RefusalCode; attack: () => unknown }>
> = {
  fileMetaBytes: {
    code: 'header-too-large',
    attack: () => {
      const file = aFile(identity());
      const information = Buffer.alloc(12 + limits.fileMetaBytes);
      information.write('\x02\x00\x02\x01OB', 'latin1');
      information.writeUInt32LE(limits.fileMetaBytes, 8);
      return readFileStart(
        createMemorySource(Buffer.concat([file.subarray(0, 132), information, file.subarray(132)])),
      );
    },
  },
  headerBytes: {
    code: 'header-too-large',
    attack: () => {
      const value = new Uint8Array(limits.headerValueBytes);
      const times = limits.headerBytes / limits.headerValueBytes + 1;
      return walk(repeated(headerOf(element('00091001', 'OB', value)), value.length, times));
    },
  },
  metadataBytes: {
    code: 'header-too-large',
    attack: async () => {
      // In JSON each of these takes six characters.
      const values = Array.from({ length: 2 + limits.metadataBytes / 6 / 128_000 }, (_, index) =>
        element(`0009${(0x1001 + index).toString(16).toUpperCase()}`, 'UT', '\u0001'.repeat(128_000)),
      );
      throw await refusedFile('long-text.dcm', aFile([...identity(), ...values]));
    },
  },
  indexedTextCharacters: {
    code: 'header-too-large',
    attack: () =>
      readFromMemory(
        aFile([...identity(), element('00100020', 'LO', 'x'.repeat(limits.indexedTextCharacters + 1))]),
      ),
  },
  elements: {
    code: 'too-many-elements',
    attack: () => walk(repeated(headerOf(element('00091001', 'LO')), 0, limits.elements + 1)),
  },
  sequenceDepth: {
    code: 'too-deep',
    attack: () => {
      const deep = (depth: number): DataElement =>
        element('00081140', 'SQ', { items: [depth === 0 ? [] : [deep(depth - 1)]] });
      return walk(createMemorySource(Buffer.concat(writeDataSet([deep(limits.sequenceDepth)], encoding))));
    },
  },
  fragments: {
    code: 'too-many-frames',
    attack: () => {
      const item = Buffer.from('feff00e000000000', 'hex');
      return readFragments(repeated(item, 0, limits.fragments + 3), 0, true);
    },
  },
  frames: {
    code: 'too-many-frames',
    attack: frames({ frames: limits.frames + 1 }, 2 ** 40),
  },
  framesOfAnySize: {
    code: 'too-many-frames',
    attack: frames({ rows: 1, columns: 1, frames: limits.framesOfAnySize + 1 }, 50_000),
  },
  smallestFrameBytes: {
    code: 'too-many-frames',
    attack: frames({ frames: 500_000 }, (limits.smallestFrameBytes - 1) * 500_000),
  },
  rowsOrColumns: {
    code: 'dimensions-too-large',
    attack: () =>
      readFromMemory(
        aFile([
          ...identity(),
          ...imageShape({ bits: 8 }).filter(({ tag }) => tag !== '00280010'),
          element('00280010', 'UL', limits.rowsOrColumns + 1),
          element('7FE00010', 'OW', Buffer.alloc((limits.rowsOrColumns + 1) * 3)),
        ]),
      ),
  },
  frameBytes: {
    code: 'dimensions-too-large',
    attack: frames({ rows: 65_535, columns: 65_535 }, 2 ** 40),
  },
  inflatedBytes: {
    code: 'inflated-too-large',
    attack: () => {
      const line = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * index * 7919) >> 5));
      return inflated(blocks(Buffer.concat(Array.from({ length: 52 }, () => line)), 1100));
    },
  },
  inflationRatio: {
    code: 'inflated-too-large',
    attack: () => inflated(blocks(Buffer.alloc(MIB), 300)),
  },
  inflationFreeBytes: {
    code: 'zip-too-large',
    attack: async () => {
      const claims = { ...place, compressedBytes: 1000, uncompressedBytes: limits.inflationFreeBytes + 1 };
      const archive = { handle: -1, byteLength: 2000, close: () => {} };
      for await (const chunk of readZipEntry(archive, claims)) void chunk;
    },
  },
  zipEntries: {
    code: 'zip-too-large',
    attack: async () => {
      // The archive says in its ZIP64 end record how many files it lists.
      const end64 = Buffer.alloc(56);
      end64.write('PK\x06\x06', 'latin1');
      end64.writeBigUInt64LE(44n, 4);
      end64.writeBigUInt64LE(BigInt(limits.zipEntries + 1), 24);
      end64.writeBigUInt64LE(BigInt(limits.zipEntries + 1), 32);
      const locator = Buffer.alloc(20);
      locator.write('PK\x06\x07', 'latin1');
      locator.writeUInt32LE(1, 16);
      const end = Buffer.alloc(22, 0xff);
      end.write('PK\x05\x06', 'latin1');
      end.writeUInt16LE(0, 20);
      const file = path.join(folder.path, 'many.zip');
      writeFileSync(file, Buffer.concat([end64, locator, end]));
      throw await pool.listZip(file);
    },
  },
  zipBytes: {
    code: 'zip-too-large',
    attack: () =>
      refuseBombs([
        { name: '', place: { ...place, compressedBytes: 2 ** 39, uncompressedBytes: limits.zipBytes + 1 } },
      ]),
  },
  zipRatio: {
    code: 'zip-too-large',
    attack: () =>
      refuseBombs([
        {
          name: '',
          place: { ...place, compressedBytes: 1e7, uncompressedBytes: 1e7 * (limits.zipRatio + 300) },
        },
      ]),
  },
  directoryFiles: {
    code: 'directory-malformed',
    attack: async () => {
      const record = [element('00041500', 'CS', 'A')];
      const items = Array.from({ length: limits.directoryFiles + 1 }, () => record);
      const file = path.join(folder.path, 'DICOMDIR');
      writeFileSync(
        file,
        aFile([element('00041220', 'SQ', { items })], { sopClassUid: '1.2.840.10008.1.3.10' }),
      );
      throw await pool.readDirectory(file);
    },
  },
};

test.for(Object.entries(attacks))('beyond %s nothing is read', async ([, { code, attack }]) => {
  await expect((async () => attack())()).rejects.toMatchObject({ code });
});

test('a text of the worklist is cut, whatever the header holds', () => {
  const long = 'あー'.repeat(30_000);
  const file = aFile([
    ...identity(),
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00081030', 'UT', long.slice(0, 20_000)),
    element('00100010', 'PN', `${long.slice(0, 10_000)}=${long.slice(0, 10_000)}`),
  ]);
  const { summary, metadata } = readFromMemory(file);
  const cut = long.slice(0, limits.indexedTextCharacters);
  expect(summary.study.description).toBe(cut);
  expect(summary.patient.name).toEqual({ Alphabetic: cut, Ideographic: cut });
  expect(metadata['00081030']?.Value).toEqual([long.slice(0, 20_000)]);
});

test('a value beyond headerValueBytes stays in the file and is not read', () => {
  const value = new Uint8Array(limits.headerValueBytes + 2);
  const source = repeated(headerOf(element('00091001', 'OB', value)), value.length, 3);
  let bytesRead = 0;
  const counted: ByteSource = {
    ...source,
    read: (offset, length) => {
      bytesRead += length;
      return source.read(offset, length);
    },
  };
  expect(walk(counted).bulkValues.get('x00091001')?.byteLength).toBe(value.length);
  expect(bytesRead).toBeLessThan(200);
});
