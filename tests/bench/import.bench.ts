// Import of one CT series against copying the same files durably, and against DCMTK and Orthanc where they are installed.
import { closeSync, copyFileSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openTestArchive } from '#tests/support/archive.ts';
import { writeSlices } from '#tests/support/made-slices.ts';
import { storeInOrthanc, storeWithDcmtk } from '#tests/support/other-stores.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';
import { median } from './measured.ts';
import type { Measured } from './measured.ts';

const SLICES = 300;
const ROUNDS = 5;

/** The floor: what no import can be faster than that promises to survive a power cut, one file after the other. */
function copyDurably(source: string, target: string): number {
  mkdirSync(target);
  const startMs = performance.now();
  for (const name of readdirSync(source)) {
    const to = path.join(target, name);
    copyFileSync(path.join(source, name), to);
    const handle = openSync(to, 'r+');
    fsyncSync(handle);
    closeSync(handle);
  }
  const folder = openSync(target, 'r');
  fsyncSync(folder);
  closeSync(folder);
  return (performance.now() - startMs) / 1000;
}

/** A workstation that runs, with its helpers not yet started: as when a doctor opens the first folder. */
async function importSlices(source: string, dataDir: string): Promise<number> {
  const archive = openTestArchive(dataDir);
  try {
    const startMs = performance.now();
    const { totals, problem } = await archive.import(source);
    const seconds = (performance.now() - startMs) / 1000;
    if (problem !== null || totals.imported !== SLICES) throw new Error(`imported ${totals.imported}`);
    return seconds;
  } finally {
    await archive.close();
  }
}

export const bench = {
  name: 'import',
  run: async (): Promise<Measured[]> => {
    const folder = temporaryDirectory();
    const source = path.join(folder.path, 'source');
    try {
      const bytes = writeSlices(source, SLICES);
      const seconds = {
        copy: [] as number[],
        import: [] as number[],
        dcmtk: [] as number[],
        orthanc: [] as number[],
      };
      // Turn by turn, so that what else the machine does meets all of them.
      for (let round = 0; round < ROUNDS; round++) {
        const target = temporaryDirectory();
        seconds.copy.push(copyDurably(source, path.join(target.path, 'copy')));
        seconds.import.push(await importSlices(source, path.join(target.path, 'import')));
        const dcmtk = await storeWithDcmtk(source, path.join(target.path, 'dcmtk'));
        if (dcmtk !== undefined) seconds.dcmtk.push(dcmtk);
        const orthanc = await storeInOrthanc(source, path.join(target.path, 'orthanc'));
        if (orthanc !== undefined) seconds.orthanc.push(orthanc);
        target.remove();
      }
      const megabytes = bytes / 1e6;
      const rate = (name: string, values: readonly number[]): Measured[] =>
        values.length === 0
          ? []
          : [
              { measure: name, value: megabytes / median(values), unit: 'MB/s' },
              { measure: name, value: SLICES / median(values), unit: 'instances/s' },
            ];
      const ratios = seconds.import.map((value, index) => (seconds.copy[index] ?? 0) / value);
      return [
        ...rate('copy + fsync', seconds.copy),
        ...rate('import', seconds.import),
        {
          measure: 'import: speed, median of rounds',
          value: median(ratios),
          unit: '×',
          ratioTo: 'copy + fsync',
          target: '≥ 0.5',
        },
        ...rate('DCMTK storescp (over loopback, no fsync)', seconds.dcmtk),
        ...rate('Orthanc (over loopback, fsync)', seconds.orthanc),
      ];
    } finally {
      folder.remove();
    }
  },
};
