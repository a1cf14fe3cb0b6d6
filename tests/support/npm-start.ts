import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { root } from './workstation.ts';

export interface NpmStart {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  stdout(): string;
  stderr(): string;
  /** Resolves with what has been said on both streams once it contains the text. */
  says(text: string): Promise<string>;
  /** Processes of its group that are alive. */
  group(): { readonly pid: number; readonly command: string }[];
  terminate(): Promise<number | null>;
}

const SAYS_TIMEOUT_MS = 60_000;

/** The real `npm start --silent -- …`, in a process group of its own. */
export function npmStart(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): NpmStart {
  const child = spawn('npm', ['start', '--silent', '--', ...args], {
    cwd: options.cwd ?? root,
    env: { ...withoutDisplay(process.env), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const heard = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    heard();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    heard();
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  const all = () => stdout + stderr;
  return {
    pid,
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    says: (text) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`"${text}" was not said: ${all()}`)),
          SAYS_TIMEOUT_MS,
        );
        const look = () => {
          if (!all().includes(text)) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(all());
        };
        listeners.add(look);
        void exited.then(() => {
          look();
          clearTimeout(timer);
          reject(new Error(`ended without saying "${text}": ${all()}`));
        });
        look();
      }),
    group: () => processesOfGroup(pid),
    terminate: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Tests say themselves which display there is. */
function withoutDisplay({ DISPLAY: _x, WAYLAND_DISPLAY: _wayland, ...rest }: NodeJS.ProcessEnv) {
  return rest;
}

function processesOfGroup(group: number): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // Behind the command in parentheses: state, parent, group.
        const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(processGroup) !== group || state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), command }];
      } catch {
        return [];
      }
    });
}
