import { existsSync, readFileSync, readdirSync } from 'node:fs';

export interface StrayProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Processes that still carry an environment variable with this value: whatever a test started and
 * forgot, however deep. Only where the system tells (Linux); elsewhere none are found.
 */
export function processesWith(variable: string, value: string): StrayProcess[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => readProc(pid, 'environ').includes(`${variable}=${value}`))
    .map((pid) => ({
      pid: Number(pid),
      command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim().slice(0, 200),
    }));
}

/** Processes with this text on their command line, oldest first. */
export function processesNaming(text: string): StrayProcess[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid: Number(pid), command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command.includes(text))
    .sort((a, b) => a.pid - b.pid);
}

/** Processes that this one started, and those that they started. */
export function descendantsOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const stat = readProc(name, 'stat');
      // Behind the command in parentheses: state, parent.
      return { pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) };
    });
  const below = (of: number): number[] =>
    parents.filter(({ parent }) => parent === of).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Ended meanwhile, or somebody else's.
    return '';
  }
}
