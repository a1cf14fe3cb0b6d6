import { readFileSync, readdirSync } from 'node:fs';
import { descendantsOf, processesNaming } from '../stray-processes.ts';

export interface RunningProcess {
  readonly pid: number;
  readonly role: string;
}

/** What the system says of a process, or of all processes of a role together. */
export interface ProcessFigures {
  readonly processes: number;
  readonly pssMib: number;
  readonly rssMib: number;
  readonly files: number;
  readonly threads: number;
}

const nodeRoles: readonly (readonly [string, string])[] = [
  ['electron/launch.ts', 'launcher'],
  ['backend/on-loopback.ts', 'backend'],
  ['device-host/main-process.ts', 'device host'],
  ['simulated/stage-process.ts', 'stage'],
  ['processes/broker-process.ts', 'broker'],
];

/** Node processes of a workstation, whose variables an inspector can count. */
export const isNodeRole = (role: string) => nodeRoles.some(([, name]) => name === role);

/** Every process of a workstation and of the browser of its user, by what it is for. */
export function processesOfSite(launcherPid: number, profileDir: string): RunningProcess[] {
  const browser = processesNaming(profileDir).find(({ command }) => !command.includes('--type='));
  const own = [launcherPid, ...descendantsOf(launcherPid)].map((pid) => ({
    pid,
    role: roleOf(pid, 'carrier'),
  }));
  const users = browser ? [browser.pid, ...descendantsOf(browser.pid)] : [];
  const all = [...own, ...users.map((pid) => ({ pid, role: roleOf(pid, 'browser') }))];
  return all.filter((found): found is RunningProcess => found.role !== undefined);
}

function roleOf(pid: number, browserName: string): string | undefined {
  const command = read(pid, 'cmdline').replaceAll('\0', ' ');
  if (command === '' || command.includes('crashpad')) return undefined;
  const node = nodeRoles.find(([part]) => command.includes(part));
  if (node) return node[1];
  const type = /--type=(?<type>[a-z-]+)/.exec(command)?.groups?.['type'];
  if (type) return `${browserName} ${type}`;
  if (/chrom/i.test(command)) return browserName;
  return /electron\/backend\/processes\/(?<name>[a-z-]+)/.exec(command)?.groups?.['name'] ?? 'other';
}

/** Sum over processes; those that ended in the meantime count for nothing. Linux only. */
export function figuresOf(pids: readonly number[]): ProcessFigures {
  const total = { processes: 0, pssMib: 0, rssMib: 0, files: 0, threads: 0 };
  for (const pid of pids) {
    const rollup = read(pid, 'smaps_rollup');
    if (rollup === '') continue;
    total.processes += 1;
    total.pssMib += kilobytes(rollup, 'Pss') / 1024;
    total.rssMib += kilobytes(rollup, 'Rss') / 1024;
    total.threads += Number(/^Threads:\s+(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0);
    total.files += openFiles(pid);
  }
  return total;
}

function openFiles(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

const kilobytes = (rollup: string, name: string) =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Ended meanwhile.
    return '';
  }
}
