import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './workstation.ts';

/** Debian's Python, which has pydicom; the one in PATH may be another. */
const PYTHON = '/usr/bin/python3';
const OUTPUT_LIMIT_BYTES = 512 * 1024 * 1024;

/** Runs a script of `tests/support` and returns what it prints, line by line. */
export function runPython(script: string, input: string): string[] {
  const { status, stdout, stderr } = spawnSync(PYTHON, [path.join(root, 'tests/support', script)], {
    input,
    encoding: 'utf8',
    maxBuffer: OUTPUT_LIMIT_BYTES,
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}
