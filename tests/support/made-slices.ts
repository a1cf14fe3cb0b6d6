import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { anImageFile } from './made-files.ts';
import { createRandom } from './synthetic-archive.ts';

const SIDE = 512;

/**
 * Writes one series of 512 × 512 × 16 bit slices of noise, each with pixels of its own, as files.
 * Returns their bytes together.
 */
export function writeSlices(folder: string, count: number): number {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(11);
  const pixels = Int16Array.from({ length: SIDE * SIDE }, () => Math.floor(random() * 4096) - 1024);
  let bytes = 0;
  for (let number = 1; number <= count; number++) {
    pixels[0] = number;
    const file = anImageFile({ columns: SIDE, rows: SIDE, pixels, instanceNumber: number });
    writeFileSync(path.join(folder, `${String(number).padStart(5, '0')}.dcm`), file);
    bytes += file.length;
  }
  return bytes;
}
