import { readFileSync, readdirSync } from 'node:fs';

/** Peak resident bytes of the children of this process whose command line contains a text; Linux only. */
export function peakResidentBytes(commandLinePart: string): number {
  let peak = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      if (!status.includes(`PPid:\t${process.pid}\n`)) continue;
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(commandLinePart)) continue;
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // It ended in the meantime.
    }
  }
  return peak;
}
