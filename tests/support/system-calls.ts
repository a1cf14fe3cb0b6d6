import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export const STRACE = '/usr/bin/strace';

/** One system call of any process of a program, in the order in which they began and ended. */
export interface SystemCall {
  readonly name: string;
  /** As strace shows them, with the path of each file handle. */
  readonly text: string;
  /** Places in the record of everything: `began` is smaller than `ended` of whatever was before. */
  readonly began: number;
  readonly ended: number;
}

/** Runs a program to its end and returns its standard output and the calls of the given names. */
export async function recordSystemCalls(
  command: readonly string[],
  names: readonly string[],
  record: string,
): Promise<{ readonly stdout: string; readonly calls: readonly SystemCall[] }> {
  const options = ['-f', '--seccomp-bpf', '-qq', '-y', '-s', '400', '-e', `trace=${names.join(',')}`];
  const child = spawn(STRACE, [...options, '-o', record, ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  return { stdout, calls: existsSync(record) ? parse(readFileSync(record, 'utf8')) : [] };
}

function parse(record: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { name: string; text: string; began: number }>();
  for (const [at, line] of record.split('\n').entries()) {
    const [, thread = '', said = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(said);
    if (resumed) {
      const begun = unfinished.get(thread);
      unfinished.delete(thread);
      if (begun) calls.push({ ...begun, text: begun.text + (resumed[1] ?? ''), ended: at });
      continue;
    }
    const name = /^(\w+)\(/.exec(said)?.[1];
    if (name === undefined) continue;
    if (said.endsWith('<unfinished ...>')) unfinished.set(thread, { name, text: said, began: at });
    else calls.push({ name, text: said, began: at, ended: at });
  }
  return calls;
}
