import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeInstances } from '#tests/support/archive.ts';
import { STRACE, recordSystemCalls } from '#tests/support/system-calls.ts';
import type { SystemCall } from '#tests/support/system-calls.ts';
import { root, temporaryDirectory } from '#tests/support/workstation.ts';

const INSTANCES = 6;

interface Step {
  readonly what: string;
  readonly isIt: (call: SystemCall) => boolean;
}

/**
 * Killing a process says nothing about power loss: the kernel keeps what was written. So the order of
 * the system calls is read: nothing is said before it was synced.
 */
test('bytes, name and row are synced, in this order, before an instance is reported', async (context) => {
  if (!existsSync(STRACE)) context.skip('strace is not installed');
  const folder = temporaryDirectory();
  const data = path.join(folder.path, 'data');
  const source = temporaryDirectory();
  writeInstances(
    source.path,
    Array.from({ length: INSTANCES }, (_, number) => ({ number, pixel: number })),
  );
  const { stdout, calls } = await recordSystemCalls(
    [
      process.execPath,
      path.join(root, 'electron/commands/import.ts'),
      '--data',
      data,
      '--report-each',
      source.path,
    ],
    ['rename', 'renameat', 'renameat2', 'fsync', 'fdatasync', 'write', 'pwrite64'],
    path.join(folder.path, 'calls'),
  );
  if (calls.length === 0) context.skip('processes cannot be traced here');
  const reported = stdout
    .split('\n')
    .filter((line) => line.includes('"sop"'))
    .map((line) => JSON.parse(line) as { sop: string; sha256: string });
  expect(reported).toHaveLength(INSTANCES);

  const synced = ({ name }: SystemCall) => name === 'fsync' || name === 'fdatasync';
  for (const { sha256 } of reported) {
    const renamed = calls.find(({ name, text }) => name.startsWith('rename') && text.includes(sha256));
    const staged = /"([^"]+staging[^"]+)"/.exec(renamed?.text ?? '')?.[1] ?? 'nothing';
    const steps: Step[] = [
      { what: 'bytes synced', isIt: (call) => synced(call) && call.text.includes(`<${staged}>`) },
      { what: 'renamed', isIt: (call) => call === renamed },
      {
        what: 'folder synced',
        isIt: (call) => synced(call) && call.text.includes(`/objects/${sha256.slice(0, 2)}>`),
      },
      {
        what: 'row written',
        isIt: ({ name, text }) => name === 'pwrite64' && text.includes('enkaku.sqlite3-wal>'),
      },
      { what: 'row synced', isIt: (call) => synced(call) && call.text.includes('enkaku.sqlite3-wal>') },
      {
        what: 'reported',
        isIt: ({ name, text }) => name === 'write' && text.includes(`{\\"sop\\"`) && text.includes(sha256),
      },
    ];
    let before = -1;
    for (const { what, isIt } of steps) {
      const call = calls.find((each) => each.began >= before && isIt(each));
      expect(call, `${sha256.slice(0, 8)}: not ${what} after the step before`).toBeDefined();
      before = call?.ended ?? Infinity;
    }
  }
  folder.remove();
  source.remove();
}, 120_000);
