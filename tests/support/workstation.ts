import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const READY_TIMEOUT_MS = 60_000;

export interface Workstation {
  readonly url: string;
  readonly dicomweb: string;
  readonly token: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  stop(): Promise<number | null>;
}

export function temporaryDirectory(): { path: string; remove: () => void } {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'enkaku-test-'));
  return { path: directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** Starts a headless workstation as `npm start` does and waits until it serves. */
export async function startWorkstation(dataDir: string, args: readonly string[] = []): Promise<Workstation> {
  const child = spawn(
    process.execPath,
    [path.join(root, 'electron/launch.ts'), '--no-window', '--data', dataDir, '--port', '0', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const ready = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    void exited.then((code) => reject(new Error(`ended with ${code}: ${errors}`)));
    setTimeout(() => reject(new Error(`not ready: ${errors}`)), READY_TIMEOUT_MS).unref();
  });
  const { url, dicomweb, token } = JSON.parse(await ready) as Workstation;
  return {
    url,
    dicomweb,
    token,
    dataDir,
    process: child,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the command-line tools to its end. */
export function runCommand(script: string, args: readonly string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
