import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BackendReport, LauncherOrder, ReadyLine, StartFailure } from '#shared/contract/launch.ts';
import { BulkPage } from './bulk-page.ts';

export interface LoopbackOptions {
  readonly dataDir: string;
  readonly port: number;
  /** Undefined: as chosen in the settings. */
  readonly language: 'ja' | 'en' | undefined;
  readonly pageDir: string;
  /** See `LaunchArguments`. */
  readonly broker: string;
  /** See `LaunchArguments`. */
  readonly specimen: string;
  /** A person waits for a window, not a program for the ready line. */
  readonly withWindow: boolean;
}

export interface LoopbackBackend {
  readonly started: Promise<ReadyLine | StartFailure>;
  readonly exited: Promise<number | null>;
  /** Windows that are connected now. */
  pageCount(): number;
  /** An address that opens one window, soon. */
  newWindowAddress(): Promise<string>;
  /** The listener is called when somebody started the same workstation again. */
  onShowWindow(listener: () => void): void;
  onPageCount(listener: () => void): void;
  /** The listener is called when somebody wants to try both ends of the link; answered by `answerTrial`. */
  onStartTrial(listener: () => void): void;
  answerTrial(answer: Extract<LauncherOrder, { order: `trial-${string}` }>): void;
  /** Ends it, by force if it does not end by itself. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 10_000;

/** Starts the backend as a local server in a process of its own, with its page that carries files. */
export function startLoopbackBackend({
  dataDir,
  port,
  language,
  pageDir,
  broker,
  specimen,
  withWindow,
}: LoopbackOptions): LoopbackBackend {
  const child = fork(
    fileURLToPath(new URL('../backend/on-loopback.ts', import.meta.url)),
    [
      '--data',
      dataDir,
      '--port',
      String(port),
      '--page',
      pageDir,
      '--broker',
      broker,
      '--specimen',
      specimen,
      ...(language === undefined ? [] : ['--lang', language]),
      ...(withWindow ? ['--window'] : []),
    ],
    // Nothing but the ready line may appear on stdout.
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  );
  const order = (message: LauncherOrder) => void (child.connected && child.send(message));
  const addressWaiters: ((url: string) => void)[] = [];
  const onShow = new Set<() => void>();
  const onPages = new Set<() => void>();
  const onTrial = new Set<() => void>();
  let pages = 0;
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const newWindowAddress = () =>
    new Promise<string>((resolve, reject) => {
      addressWaiters.push(resolve);
      order({ order: 'new-window-address' });
      void ended.then(() => reject(new Error('the backend has ended')));
    });
  const bulkPage = new BulkPage({
    dataDir,
    newAddress: async () => `${await newWindowAddress()}&page=carrier`,
  });
  const exited = ended.then(async (code) => {
    await bulkPage.close();
    return code;
  });
  const started = new Promise<ReadyLine | StartFailure>((resolve) => {
    child.on('message', (report: BackendReport) => {
      if (report.event === 'ready' || report.event === 'failed') resolve(report);
      else if (report.event === 'window-address') addressWaiters.shift()?.(report.url);
      else if (report.event === 'show-window') for (const listener of onShow) listener();
      else if (report.event === 'start-trial') for (const listener of onTrial) listener();
      else if (report.event === 'bulk-page') bulkPage.set(report.isWanted);
      else {
        pages = report.count;
        for (const listener of onPages) listener();
      }
    });
    void exited.then((code) =>
      resolve({ event: 'failed', code: 'internal', detail: `backend ended with ${code}` }),
    );
  });
  return {
    started,
    exited,
    pageCount: () => pages,
    newWindowAddress,
    onShowWindow: (listener) => void onShow.add(listener),
    onPageCount: (listener) => void onPages.add(listener),
    onStartTrial: (listener) => void onTrial.add(listener),
    answerTrial: order,
    stop: async () => {
      order({ order: 'stop' });
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(force);
    },
  };
}
