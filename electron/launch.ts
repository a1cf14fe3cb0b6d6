// npm start: starts the backend and a window for it, in Electron or in a browser of this machine.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StartFailure } from '#shared/contract/launch.ts';
import { ensurePageBuilt } from '#page/page-build.ts';
import { parseLaunchArguments } from './launch/arguments.ts';
import type { LaunchArguments } from './launch/arguments.ts';
import { hasDisplay, needsNoSandbox, openBrowserWindow } from './launch/browser-window.ts';
import { findBrowser } from './launch/browsers.ts';
import { findElectron } from './launch/electron-binary.ts';
import { startElectron } from './launch/electron-window.ts';
import { failureSentence, say } from './launch/sentences.ts';
import { serveOnLoopback } from './launch/serve-on-loopback.ts';
import { ensureShellBuilt } from './launch/shell-build.ts';

const ELECTRON_READY_TIMEOUT_MS = 20_000;

const root = fileURLToPath(new URL('..', import.meta.url));
/** Whoever has to end with us: called on Ctrl-C, on SIGTERM and when the terminal is closed. */
let stop: () => Promise<void> = async () => process.exit(0);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());

process.exit(await launch());

async function launch(): Promise<number> {
  let args: LaunchArguments;
  try {
    args = parseLaunchArguments(process.argv.slice(2));
  } catch (error) {
    say('bad-argument', { detail: (error as Error).message });
    return 1;
  }
  try {
    mkdirSync(args.dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    return refuse(args, { event: 'failed', code: 'data-folder-read-only', detail: (error as Error).message });
  }
  const pageDir = await ensurePageBuilt(root, () => say('preparing-page'));
  const mayOpenElectron = args.shell === undefined || args.shell === 'electron';
  if (!args.isHeadless && mayOpenElectron && hasDisplay(process.platform, process.env)) {
    const code = await openInElectron(args, pageDir);
    if (code !== undefined) return code;
  }
  return serveOnLoopback({
    args,
    pageDir,
    onStopChanged: (change) => (stop = change),
    refuse: (failure) => refuse(args, failure),
  });
}

/** Exit code, or undefined where a browser has to do instead. */
async function openInElectron(args: LaunchArguments, pageDir: string): Promise<number | undefined> {
  const isRequired = args.shell === 'electron';
  const giveUp = (reason: string, sentence: () => void) => {
    if (isRequired) say('electron-required', { reason });
    else sentence();
    return isRequired ? 1 : undefined;
  };
  const binary = await findElectron({ root, isRequired, announce: say });
  if ('unavailableBecause' in binary) {
    const reason = binary.unavailableBecause;
    return giveUp(reason, () => say('electron-unreachable', { reason }));
  }
  const shellDir = await ensureShellBuilt(root, () => say('preparing-shell'));
  const withoutSandbox = needsNoSandbox();
  if (withoutSandbox) say('root-without-sandbox');
  const start = await startElectron({
    executable: binary.executable,
    shellDir,
    pageDir,
    dataDir: args.dataDir,
    language: args.isLanguageGiven ? args.language : undefined,
    broker: args.broker,
    specimen: args.specimen,
    withoutSandbox,
    readyTimeoutMs: ELECTRON_READY_TIMEOUT_MS,
  });
  if (start.outcome === 'failed') return refuse(args, start.failure);
  if (start.outcome === 'ended') {
    return giveUp(start.reason, () => say('electron-ended', { reason: start.reason }));
  }
  if (start.outcome === 'slow') {
    const seconds = ELECTRON_READY_TIMEOUT_MS / 1000;
    return giveUp(`${seconds} s`, () => say('electron-slow', { seconds }));
  }
  let wasStopped = false;
  stop = async () => {
    wasStopped = true;
    await start.stop();
  };
  const code = await start.exited;
  return wasStopped ? 0 : (code ?? 1);
}

async function refuse(args: LaunchArguments, failure: StartFailure): Promise<number> {
  const { dataDir, port, language, isHeadless } = args;
  if (failure.isShownElsewhere === true && !isHeadless) {
    say('shown-elsewhere');
    return 0;
  }
  const browser = findBrowser();
  if (failure.windowUrl !== undefined && browser && hasDisplay(process.platform, process.env)) {
    // The workstation that has the folder has no window: this one is its window.
    const withoutSandbox = needsNoSandbox();
    const window = openBrowserWindow({ browser, url: failure.windowUrl, dataDir, language, withoutSandbox });
    stop = async () => void window.process.kill('SIGTERM');
    await new Promise((resolve) => window.process.on('exit', resolve));
    return 0;
  }
  process.stderr.write(`${failureSentence(failure, { dataDir, port })}\n`);
  return 1;
}
