// Memory of an import: 300 slices against 3,000, and one multi-frame file of 4 GB. Linux only.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeLargeFile } from '#tests/support/large-file.ts';
import { writeSlices } from '#tests/support/made-slices.ts';
import { root, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Measured } from './measured.ts';

const MIB = 1024 ** 2;
/** An element of a data set ends below 4 GiB. */
const LARGE_FILE_FRAMES = 8190;
const LOOK_INTERVAL_MS = 50;

interface Peaks {
  readonly ownMib: number;
  readonly helperMib: number;
  readonly seconds: number;
}

/** Runs the command in a process group and follows the peak of resident memory of each of its processes. */
async function importWithPeaks(source: string, dataDir: string): Promise<Peaks> {
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    [path.join(root, 'electron/commands/import.ts'), '--data', dataDir, source],
    { detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const group = child.pid ?? 0;
  const peaks = new Map<number, number>();
  const look = setInterval(() => {
    for (const [pid, bytes] of peakResidentOfGroup(group))
      peaks.set(pid, Math.max(bytes, peaks.get(pid) ?? 0));
  }, LOOK_INTERVAL_MS);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`import ended with ${String(code)}: ${output}`);
  const helpers = [...peaks].filter(([pid]) => pid !== group).map(([, bytes]) => bytes);
  return {
    ownMib: (peaks.get(group) ?? 0) / MIB,
    helperMib: Math.max(0, ...helpers) / MIB,
    seconds: (performance.now() - startMs) / 1000,
  };
}

/** By process, in bytes. */
function peakResidentOfGroup(group: number): Map<number, number> {
  const found = new Map<number, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // Behind the command in parentheses: state, parent, group.
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      found.set(Number(pid), Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // It ended in the meantime.
    }
  }
  return found;
}

export const bench = {
  name: 'import-memory',
  run: async (): Promise<Measured[]> => {
    const folder = temporaryDirectory();
    const inFolder = (name: string) => path.join(folder.path, name);
    const measured: Measured[] = [];
    try {
      const peaks: Peaks[] = [];
      for (const slices of [300, 3000]) {
        writeSlices(inFolder('slices'), slices);
        const peak = await importWithPeaks(inFolder('slices'), inFolder('data'));
        peaks.push(peak);
        measured.push(
          { measure: `${slices} slices: backend`, value: peak.ownMib, unit: 'MiB' },
          { measure: `${slices} slices: largest helper`, value: peak.helperMib, unit: 'MiB' },
        );
        for (const name of ['slices', 'data']) rmSync(inFolder(name), { recursive: true });
      }
      const [few, many] = peaks;
      const together = (peak: Peaks | undefined) => (peak?.ownMib ?? 0) + (peak?.helperMib ?? 0);
      measured.push({
        measure: 'memory of 3,000 slices',
        value: together(many) / together(few),
        unit: '×',
        ratioTo: '300 slices',
        target: 'flat',
      });
      const bytes = writeLargeFile(inFolder('large.dcm'), LARGE_FILE_FRAMES);
      const large = await importWithPeaks(inFolder('large.dcm'), inFolder('data'));
      measured.push(
        { measure: `one file of ${(bytes / 1e9).toFixed(1)} GB: backend`, value: large.ownMib, unit: 'MiB' },
        { measure: 'the same: helper', value: large.helperMib, unit: 'MiB' },
        { measure: 'the same: speed', value: bytes / 1e6 / large.seconds, unit: 'MB/s' },
      );
      return measured;
    } finally {
      folder.remove();
    }
  },
};
