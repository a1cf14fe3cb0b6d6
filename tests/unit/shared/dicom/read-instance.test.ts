import { expect, test } from 'vitest';
import { createMemorySource } from '#shared/dicom/byte-source.ts';
import { readInstance } from '#shared/dicom/read-instance.ts';
import { Refusal } from '#shared/domain/refusal.ts';
import { vrOf } from '#backend/processes/dictionary.ts';

const options = { vrOf, toBase64: (bytes: Uint8Array) => Buffer.from(bytes).toString('base64') };

function element(group: number, number: number, vr: string, value: Uint8Array | string): Buffer {
  const text = Buffer.from(value as string);
  const bytes = text.length % 2 === 0 ? text : Buffer.concat([text, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  const isLong = vr === 'OW' || vr === 'OB' || vr === 'SQ';
  const header = Buffer.alloc(isLong ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(number, 2);
  header.write(vr, 4, 'latin1');
  if (isLong) header.writeUInt32LE(bytes.length, 8);
  else header.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([header, bytes]);
}

const uint16 = (value: number) => Uint8Array.from([value & 255, value >> 8]);

const meta = Buffer.concat([
  Buffer.alloc(128),
  Buffer.from('DICM'),
  element(2, 0x10, 'UI', '1.2.840.10008.1.2.1'),
]);
const identity = [
  element(8, 0x18, 'UI', '1.2.3'),
  element(0x20, 0x0d, 'UI', '1.2.4'),
  element(0x20, 0x0e, 'UI', '1.2.5'),
];
const image = [
  element(0x28, 2, 'US', uint16(1)),
  element(0x28, 0x10, 'US', uint16(4)),
  element(0x28, 0x11, 'US', uint16(3)),
  element(0x28, 0x100, 'US', uint16(16)),
];

test('identity, geometry and the place of the pixels are read', () => {
  const file = Buffer.concat([meta, ...identity, ...image, element(0x7fe0, 0x10, 'OW', new Uint8Array(24))]);
  const read = readInstance(createMemorySource(file), options);
  expect(read.summary).toMatchObject({ sopUid: '1.2.3', studyUid: '1.2.4', seriesUid: '1.2.5' });
  expect(read.dataSetOffset).toBe(meta.length);
  expect(read.frames).toEqual([
    { frameNumber: 1, fileOffset: file.length - 24, byteLength: 24, bitOffset: 0 },
  ]);
});

test('pixel data shorter than the header promises is refused', () => {
  const file = Buffer.concat([meta, ...identity, ...image, element(0x7fe0, 0x10, 'OW', new Uint8Array(22))]);
  expect(() => readInstance(createMemorySource(file), options)).toThrow(Refusal);
});

test('a text file is no DICOM file', () => {
  const read = () => readInstance(createMemorySource(Buffer.from('Dear colleague, '.repeat(20))), options);
  expect(read).toThrow(expect.objectContaining({ code: 'not-dicom' }));
});
