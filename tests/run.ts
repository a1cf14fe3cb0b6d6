// npm test: installs what the tests run against, runs all of them, and looks for what they left behind.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureDebianPackages } from './support/debian-packages.ts';
import { processesWith } from './support/stray-processes.ts';
import { printSummary } from './support/summary.ts';
import type { Summary } from './support/summary.ts';
import { root } from './support/workstation.ts';

const RUN_VARIABLE = 'ENKAKU_TEST_RUN';
/** A process that was told to end may take this long. */
const STRAY_GRACE_MS = 5_000;

try {
  ensureDebianPackages();
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

const run = randomUUID();
// Short, because sockets lie below it and their paths may have 107 bytes.
const temporary = mkdtempSync(path.join(os.tmpdir(), 'ek-'));
const summaryFile = path.join(temporary, 'summary.json');
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'tests/vitest.config.ts',
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: temporary, [RUN_VARIABLE]: run, ENKAKU_TEST_SUMMARY: summaryFile },
  },
);

const summary = existsSync(summaryFile)
  ? (JSON.parse(readFileSync(summaryFile, 'utf8')) as Summary)
  : { passed: 0, failed: 1, skipped: [] };
const strays = await strayProcesses();
rmSync(temporary, { recursive: true, force: true });
const isGood = printSummary({ ...summary, failed: summary.failed + strays.length });
process.exit(isGood && status === 0 ? 0 : 1);

/** Lists and ends what the tests have started and not ended. */
async function strayProcesses() {
  const deadlineMs = Date.now() + STRAY_GRACE_MS;
  let strays = processesWith(RUN_VARIABLE, run);
  while (strays.length > 0 && Date.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    strays = processesWith(RUN_VARIABLE, run);
  }
  for (const { pid, command } of strays) {
    console.log(`FAILED, still running after the tests: ${pid} ${command}`);
    process.kill(pid, 'SIGKILL');
  }
  return strays;
}
