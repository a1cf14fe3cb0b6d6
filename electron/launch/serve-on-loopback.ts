import type { StartFailure } from '#shared/contract/launch.ts';
import type { LaunchArguments } from './arguments.ts';
import { BrowserSession } from './browser-session.ts';
import { hasDisplay } from './browser-window.ts';
import { findBrowser } from './browsers.ts';
import type { Browser } from './browsers.ts';
import { startLoopbackBackend } from './loopback-backend.ts';
import type { LoopbackBackend } from './loopback-backend.ts';
import { say } from './sentences.ts';
import { Trial } from './trial.ts';

export interface ServeOptions {
  readonly args: LaunchArguments;
  readonly pageDir: string;
  /** Called with what has to happen on Ctrl-C, whenever that changes. */
  readonly onStopChanged: (stop: () => Promise<void>) => void;
  /** Says why it could not start; gives the exit code. */
  readonly refuse: (failure: StartFailure) => Promise<number>;
}

/** More often than this, and something is wrong that a restart does not heal. */
const MAXIMUM_RESTARTS = 3;

/** Serves until it is stopped, its window is closed or it cannot go on. Resolves with the exit code. */
export async function serveOnLoopback(options: ServeOptions): Promise<number> {
  for (let restarts = 0; ; restarts++) {
    const end = await serveOnce(options);
    if (end.exitCode !== undefined) return end.exitCode;
    // Without a window, whoever started this program sees it end and decides.
    if (!end.hadWindow) return 1;
    if (restarts >= MAXIMUM_RESTARTS) {
      say('backend-keeps-failing');
      return 1;
    }
    say('backend-restarted');
  }
}

interface End {
  /** Undefined: the backend has crashed. */
  readonly exitCode?: number;
  readonly hadWindow: boolean;
}

async function serveOnce({ args, pageDir, onStopChanged, refuse }: ServeOptions): Promise<End> {
  const { dataDir, port, isLanguageGiven, isHeadless } = args;
  const language = isLanguageGiven ? args.language : undefined;
  const backend = startLoopbackBackend({
    dataDir,
    port,
    language,
    pageDir,
    broker: args.broker,
    specimen: args.specimen,
    withWindow: !isHeadless,
  });
  let wasStopped = false;
  let session: BrowserSession | undefined;
  const browser = args.isHeadless || args.shell === 'none' ? undefined : browserWithScreen();
  const trial = new Trial({ args, pageDir, browser });
  trial.serve(backend);
  const stop = async () => {
    wasStopped = true;
    await Promise.all([session?.close(), trial.close()]);
    await backend.stop();
  };
  onStopChanged(stop);
  const report = await backend.started;
  if (report.event === 'failed') {
    await backend.exited;
    return { exitCode: wasStopped ? 0 : await refuse(report), hadWindow: false };
  }
  if (isHeadless) process.stdout.write(`${JSON.stringify(report)}\n`);
  else session = newSession(args, backend, report.url);
  void session?.closed.then(stop);
  await session?.openWindow();
  await backend.exited;
  await trial.close();
  if (wasStopped) return { exitCode: 0, hadWindow: session !== undefined };
  // Its page cannot come back: the next backend has another token.
  await session?.close();
  return { hadWindow: session !== undefined };
}

function browserWithScreen(): Browser | undefined {
  return hasDisplay(process.platform, process.env) ? findBrowser() : undefined;
}

/** Says why there is no window where there is none. */
function newSession(
  { shell, dataDir, language }: LaunchArguments,
  backend: LoopbackBackend,
  lastingUrl: string,
): BrowserSession | undefined {
  if (shell === 'none') say('address', { url: lastingUrl });
  else if (!hasDisplay(process.platform, process.env)) say('no-display', { url: lastingUrl });
  else {
    const browser = findBrowser();
    if (browser) return new BrowserSession({ backend, browser, dataDir, language, lastingUrl });
    say('no-browser', { url: lastingUrl });
  }
  return undefined;
}
