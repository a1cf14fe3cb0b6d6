import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { aFile, element, identity, imageShape } from './dicom-files.ts';

const FRAME_BYTES = 512 * 512 * 2;

/** A multi-frame file whose pixels are a hole: large to read, quick to make. Returns its size. */
export function writeLargeFile(file: string, frames: number): number {
  const shape = imageShape({ rows: 512, columns: 512, frames });
  const head = aFile([...identity(), ...shape, element('7FE00010', 'OW', new Uint8Array(0))]);
  head.writeUInt32LE(frames * FRAME_BYTES, head.length - 4);
  const byteLength = head.length + frames * FRAME_BYTES;
  const handle = openSync(file, 'w');
  writeSync(handle, head);
  ftruncateSync(handle, byteLength);
  closeSync(handle);
  return byteLength;
}
