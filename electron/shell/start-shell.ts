import { mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { app, dialog, session } from 'electron';
import { openPage } from '#page/page-files.ts';
import type { StartFailure } from '#shared/contract/launch.ts';
import { SITE_POLICY_FILE, readSitePolicy } from '#shared/domain/site-policy.ts';
import { defaultDataDir } from '../launch/default-data-dir.ts';
import { framesAtOnce } from '../launch/frames-at-once.ts';
import { failureSentence, sentence } from '../launch/sentences.ts';
import { readShellArguments } from './arguments.ts';
import type { ShellArguments } from './arguments.ts';
import { AwakeKeeper } from './awake.ts';
import { BackendHost } from './backend-host.ts';
import { BulkWindow } from './bulk-window.ts';
import { openKeyStore } from './key-store.ts';
import { registerPageScheme, servePage } from './page-protocol.ts';
import { answerPageRequests } from './page-requests.ts';
import { limitPermissions } from './permissions.ts';
import { TrialWindow } from './trial-window.ts';
import { bringToFront, lockNavigation, openWindow } from './windows.ts';
import type { WindowOptions } from './windows.ts';

/** Starts the application from the folder of its bundled programs. Has to be called before the app is ready. */
export function startShell(programsDir: string, argv: readonly string[]): void {
  const args = readShellArguments(argv, {
    dataDir: defaultDataDir(process.platform, process.env, os.homedir()),
    // Packaged, the page lies beside the programs.
    pageDir: path.join(programsDir, '..', 'renderer'),
  });
  const windowOptions: WindowOptions = {
    preloadFile: path.join(programsDir, 'preload.cjs'),
    mayInspect: !app.isPackaged,
  };
  app.enableSandbox();
  // Addresses are told to the paired workstation only, sealed; see electron/launch/browser-window.ts.
  app.commandLine.appendSwitch('disable-features', 'WebRtcHideLocalIpsWithMdns');
  app.commandLine.appendSwitch('allow-loopback-in-peer-connection');
  app.commandLine.appendSwitch(framesAtOnce.name, framesAtOnce.value);
  registerPageScheme();
  // The lock is one per `userData` folder: one workstation per data folder, several per machine.
  const userData = path.join(args.dataDir, 'electron');
  mkdirSync(userData, { recursive: true, mode: 0o700 });
  app.setPath('userData', userData);
  if (!app.requestSingleInstanceLock()) {
    refuse(args, { event: 'failed', code: 'data-folder-in-use', detail: '', isShownElsewhere: true });
    return;
  }
  const bulkWindow = new BulkWindow(windowOptions);
  const showWindow = () => {
    const [window] = bulkWindow.visibleWindows();
    if (window) bringToFront(window);
  };
  app.on('second-instance', showWindow);
  app.on('window-all-closed', () => app.quit());
  app.on('browser-window-created', (_event, window) => {
    // The window that nobody sees keeps nothing alive.
    window.once('closed', () => {
      if (bulkWindow.visibleWindows().length === 0) bulkWindow.set(false);
    });
  });
  app.on('web-contents-created', (_event, contents) => lockNavigation(contents, windowOptions));
  app.on('render-process-gone', (_event, contents, details) => {
    process.stderr.write(`page ended: ${details.reason} ${details.exitCode}\n`);
    if (details.reason !== 'clean-exit') contents.reload();
  });
  app.on('child-process-gone', (_event, { type, serviceName, reason, exitCode }) => {
    process.stderr.write(`${type} process ${serviceName ?? ''} ended: ${reason} ${exitCode}\n`);
  });
  void app
    .whenReady()
    .then(() => run(programsDir, args, windowOptions, bulkWindow, showWindow))
    .catch((error: unknown) => {
      refuse(args, { event: 'failed', code: 'internal', detail: String(error) });
    });
}

async function run(
  programsDir: string,
  args: ShellArguments,
  windowOptions: WindowOptions,
  bulkWindow: BulkWindow,
  showWindow: () => void,
): Promise<void> {
  const policy = readSitePolicy(textOf(path.join(args.dataDir, SITE_POLICY_FILE)));
  if (policy.keyStore === 'operating-system' && !(await openKeyStore(process.platform))) {
    refuse(args, { event: 'failed', code: 'key-store-required', detail: 'no usable key store' });
    return;
  }
  const trial = new TrialWindow(programsDir, args);
  const backend = new BackendHost({
    programsDir,
    dataDir: args.dataDir,
    broker: args.broker,
    specimen: args.specimen,
    onShowWindow: showWindow,
    onBulkPage: (isWanted) => bulkWindow.set(isWanted),
    startTrial: () => trial.start(),
    onRestarted: () => process.stderr.write(`${sentence('backend-restarted')}\n`),
    onGivenUp: () => {
      dialog.showErrorBox('Enkaku', sentence('backend-keeps-failing'));
      app.exit(1);
    },
  });
  endBeforeQuitting(backend, trial);
  const awake = new AwakeKeeper();
  limitPermissions(session.defaultSession);
  servePage(session.defaultSession, {
    findPageFile: openPage(args.pageDir),
    endpoint: () => backend.endpoint(),
  });
  answerPageRequests({
    onRequestPort: (contents) => void backend.connectPage(contents).catch(() => {}),
    onKeepAwake: (contents, isReading) => awake.set(contents, isReading),
  });
  const failure = await backend.start();
  if (failure) {
    refuse(args, failure);
    return;
  }
  await openWindow(windowOptions, args.language);
  report({ event: 'window-ready' });
}

function endBeforeQuitting(backend: BackendHost, trial: TrialWindow): void {
  let isEnded = false;
  app.on('before-quit', (event) => {
    if (isEnded) return;
    event.preventDefault();
    void Promise.all([backend.stop(), trial.close()]).then(() => {
      isEnded = true;
      app.quit();
    });
  });
}

/** The launcher reads the reason and says the sentence; a packaged program has no launcher. */
function refuse({ dataDir }: ShellArguments, failure: StartFailure): void {
  report(failure);
  if (app.isPackaged && failure.isShownElsewhere !== true) {
    dialog.showErrorBox('Enkaku', failureSentence(failure, { dataDir }));
  }
  app.exit(failure.isShownElsewhere === true ? 0 : 1);
}

function report(message: StartFailure | { readonly event: 'window-ready' }): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
