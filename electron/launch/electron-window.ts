import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { StartFailure } from '#shared/contract/launch.ts';

export interface ElectronOptions {
  readonly executable: string;
  /** Folder with the bundled `main.js`. */
  readonly shellDir: string;
  readonly pageDir: string;
  readonly dataDir: string;
  /** Undefined: as chosen in the settings. */
  readonly language: 'ja' | 'en' | undefined;
  /** As `npm start -- --broker` takes it. */
  readonly broker: string;
  readonly specimen: string;
  readonly withoutSandbox: boolean;
  readonly readyTimeoutMs: number;
}

export type ElectronStart =
  | { readonly outcome: 'ready'; readonly exited: Promise<number | null>; stop(): Promise<void> }
  /** The workstation cannot start in any shell. */
  | { readonly outcome: 'failed'; readonly failure: StartFailure }
  | { readonly outcome: 'ended'; readonly reason: string }
  | { readonly outcome: 'slow' };

const STOP_TIMEOUT_MS = 10_000;

/** Starts Electron and waits for its window, its refusal, its end or the time to be up. */
export async function startElectron(options: ElectronOptions): Promise<ElectronStart> {
  const {
    executable,
    shellDir,
    pageDir,
    dataDir,
    language,
    broker,
    specimen,
    withoutSandbox,
    readyTimeoutMs,
  } = options;
  const child = spawn(
    executable,
    [
      ...(withoutSandbox ? ['--no-sandbox'] : []),
      path.join(shellDir, 'main.js'),
      `--enkaku-data=${dataDir}`,
      `--enkaku-page=${pageDir}`,
      `--enkaku-broker=${broker}`,
      `--enkaku-specimen=${specimen}`,
      ...(language === undefined ? [] : [`--enkaku-lang=${language}`]),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: withoutNodeOptions(process.env) },
  );
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)));
  const exited = new Promise<number | null>((resolve) => {
    child.on('exit', resolve);
    child.on('error', (error) => {
      words = error.message;
      resolve(null);
    });
  });
  const start = await Promise.race([
    firstReport(child),
    exited.then((code): ElectronStart => ({ outcome: 'ended', reason: lastLine(words) || `exit ${code}` })),
    new Promise<ElectronStart>((resolve) => {
      setTimeout(() => resolve({ outcome: 'slow' }), readyTimeoutMs).unref();
    }),
  ]);
  const stop = () => endProcess(child, exited);
  if (start === 'ready') return { outcome: 'ready', exited, stop };
  // It must be gone before anything else may have the data folder.
  await stop();
  return start;
}

/** The shell says in one line of JSON how its start went. */
function firstReport(child: ChildProcess): Promise<'ready' | ElectronStart> {
  return new Promise((resolve) => {
    if (!child.stdout) return;
    createInterface(child.stdout).on('line', (line) => {
      const report = parseReport(line);
      if (report?.event === 'window-ready') resolve('ready');
      else if (report?.event === 'failed') resolve({ outcome: 'failed', failure: report });
    });
  });
}

function parseReport(line: string): StartFailure | { readonly event: 'window-ready' } | undefined {
  try {
    return JSON.parse(line) as StartFailure;
  } catch {
    // Chromium's own words.
    return undefined;
  }
}

/** Electron reads Node's variables too; those of this process are not meant for it. */
function withoutNodeOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, ELECTRON_RUN_AS_NODE: _asNode, ...rest } = env;
  return rest;
}

async function endProcess(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.pid === undefined) return;
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(force);
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? '';
