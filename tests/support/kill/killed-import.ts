import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../workstation.ts';

/** When to kill: so long after the start, or so long after so many instances were reported durable. */
export type KillPoint =
  | { readonly kind: 'time'; readonly afterMs: number }
  | { readonly kind: 'report'; readonly reports: number; readonly afterMs: number };

export interface RunEnd {
  readonly wasKilled: boolean;
  readonly code: number | null;
  /** Reported durable: SOP Instance UID and SHA-256, in order. */
  readonly reported: readonly { readonly sop: string; readonly sha256: string }[];
  readonly lastLine: string;
  readonly stderr: string;
  readonly seconds: number;
}

/**
 * Runs `npm run import --report-each` in a process group of its own, which is killed as a whole at the
 * given point. What it reported is kept by this process, which is not killed.
 */
export function runImport(dataDir: string, source: string, kill?: KillPoint): Promise<RunEnd> {
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      path.join(root, 'electron/run.js'),
      path.join(root, 'electron/commands/import.ts'),
      '--data',
      dataDir,
      '--report-each',
      source,
    ],
    { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('the import did not start');
  let wasKilled = false;
  const killGroup = () => {
    try {
      process.kill(-pid, 'SIGKILL');
      wasKilled = true;
    } catch {
      // It was faster.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const killSoon = (afterMs: number) => (timer ??= setTimeout(killGroup, afterMs));
  if (kill?.kind === 'time') killSoon(kill.afterMs);

  const reported: { sop: string; sha256: string }[] = [];
  let lastLine = '';
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split('\n');
    // A line without its end was not said.
    text = lines.pop() ?? '';
    for (const line of lines) {
      lastLine = line;
      const said = JSON.parse(line) as { sop?: string; sha256?: string };
      if (said.sop === undefined || said.sha256 === undefined) continue;
      reported.push({ sop: said.sop, sha256: said.sha256 });
      if (kill?.kind === 'report' && reported.length >= kill.reports) killSoon(kill.afterMs);
    }
  });
  let stderr = '';
  createInterface(child.stderr).on('line', (line) => (stderr += `${line}\n`));
  return new Promise((resolve) => {
    // Closed only when every helper has let go of the pipes: nothing of the group writes any more.
    child.on('close', (code) => {
      clearTimeout(timer);
      const seconds = (performance.now() - startMs) / 1000;
      resolve({ wasKilled: wasKilled && code === null, code, reported, lastLine, stderr, seconds });
    });
  });
}
