import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { instanceFile } from '../archive.ts';
import type { InstanceShape } from '../archive.ts';
import { aZip } from '../zip-files.ts';

export interface MadeSource {
  readonly folder: string;
  /** SOP Instance UID to the SHA-256 of each file that may stand for it. */
  readonly expected: ReadonlyMap<string, ReadonlySet<string>>;
  /** What the end of an import counts of new, known and conflicting files together. */
  readonly taken: number;
  readonly rejected: number;
  readonly bytes: number;
}

const CONFLICT_SOP = '1.2.826.0.1.3680043.8.498.7.9.9.9';
/** Read in one go up to 16 MiB; above, the import copies piece by piece. */
const LARGE = { size: 512, frames: 36 };

/**
 * A folder with everything that takes another way through an import: single images, multi-frame
 * files, one too large to be read at once, a zip archive, a duplicate, a conflict, a file that is refused.
 */
export function makeSource(folder: string, singleImages = 180): MadeSource {
  const expected = new Map<string, Set<string>>();
  let taken = 0;
  let bytes = 0;
  const make = (shape: InstanceShape): Buffer => {
    const file = instanceFile(shape);
    const { study = 1, series = 1, number = 1 } = shape;
    const sop = shape.sopUid ?? `1.2.826.0.1.3680043.8.498.7.${study}.${series}.${number}`;
    const hashes = expected.get(sop) ?? new Set();
    expected.set(sop, hashes.add(createHash('sha256').update(file).digest('hex')));
    taken++;
    bytes += file.length;
    return file;
  };
  const write = (name: string, file: Uint8Array) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), file);
  };
  for (let index = 0; index < singleImages; index++) {
    const shape = { study: 1 + (index % 3), series: 1 + (index % 5), number: index, size: 128, pixel: index };
    write(`single/${String(index).padStart(4, '0')}.dcm`, make(shape));
  }
  for (let number = 0; number < 6; number++)
    write(`multi/${number}.dcm`, make({ study: 4, series: 1, number, size: 128, frames: 12, pixel: number }));
  write('large/1.dcm', make({ study: 5, series: 1, number: 1, pixel: 7, ...LARGE }));
  const zipped = Array.from({ length: 10 }, (_, number) => ({
    name: `inside/${number}.dcm`,
    bytes: make({ study: 6, series: 1, number, size: 64, pixel: number }),
  }));
  write('zipped.zip', aZip(zipped));
  write('conflict/a.dcm', make({ study: 7, sopUid: CONFLICT_SOP, pixel: 1 }));
  write('conflict/b.dcm', make({ study: 7, sopUid: CONFLICT_SOP, pixel: 2 }));
  write('again/copy.dcm', make({ study: 1, series: 1, number: 0, size: 128, pixel: 0 }));
  write('again/letter.txt', Buffer.from('Dear colleague'));
  return { folder, expected, taken, rejected: 1, bytes };
}
