import path from 'node:path';
import { MessageChannelMain, utilityProcess } from 'electron';
import type { MessagePortMain, UtilityProcess, WebContents } from 'electron';
import type { StartFailure, TrialWorkstation } from '#shared/contract/launch.ts';
import type { BackendToShell, EndpointAddress, ShellToBackend } from '#shared/contract/shell-messages.ts';
import { channels } from './channels.ts';
import { HelperHost } from './helper-host.ts';

export interface BackendHostOptions {
  /** Folder of the bundled programs. */
  readonly programsDir: string;
  readonly dataDir: string;
  readonly broker: string;
  readonly specimen: string;
  readonly onShowWindow: () => void;
  readonly onBulkPage: (isWanted: boolean) => void;
  readonly startTrial: () => Promise<TrialWorkstation>;
  readonly onRestarted: () => void;
  /** It ended again and again; it is not started any more. */
  readonly onGivenUp: () => void;
}

/** More often than this within this time, and something is wrong that a restart does not heal. */
const MAXIMUM_RESTARTS = 3;
const RESTART_WINDOW_MS = 5 * 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** The backend as a utility process: started again when it ends, a new port for a page whenever it asks. */
export class BackendHost {
  readonly #options: BackendHostOptions;
  readonly #helpers: HelperHost;
  readonly #restartsMs: number[] = [];
  #child: UtilityProcess | undefined;
  #endpoint = Promise.withResolvers<EndpointAddress>();
  #hasServed = false;
  #isStopping = false;

  constructor(options: BackendHostOptions) {
    this.#options = options;
    this.#helpers = new HelperHost(options.programsDir);
    this.#ignoreUnheard();
  }

  /** Resolves when it serves, or with why it cannot. */
  start(): Promise<StartFailure | undefined> {
    return new Promise((resolve) => {
      this.#fork((failure) => resolve(failure));
      void this.#endpoint.promise.then(
        () => resolve(undefined),
        () => {},
      );
    });
  }

  /** Waits while the backend starts (again). */
  endpoint(): Promise<EndpointAddress> {
    return this.#endpoint.promise;
  }

  /** Gives the page one end of a new channel and the backend the other. */
  async connectPage(contents: WebContents): Promise<void> {
    await this.#endpoint.promise;
    if (contents.isDestroyed()) return;
    const { port1, port2 } = new MessageChannelMain();
    this.#send({ order: 'connect-page' }, [port1]);
    contents.postMessage(channels.port, null, [port2]);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (!child || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#send({ order: 'stop' });
    const force = setTimeout(() => child.kill(), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(force);
  }

  #fork(onFailure: (failure: StartFailure) => void): void {
    const { programsDir, dataDir, broker, specimen } = this.#options;
    const args = ['--data', dataDir, '--broker', broker, '--specimen', specimen];
    const child = utilityProcess.fork(path.join(programsDir, 'backend.js'), args, {
      serviceName: 'Enkaku backend',
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#child = child;
    let failure: StartFailure | undefined;
    child.on('message', (message: BackendToShell) => {
      if (message.event === 'failed') failure = message;
      else this.#take(message);
    });
    child.once('exit', (code) => {
      this.#helpers.endAll();
      this.#options.onBulkPage(false);
      if (this.#isStopping) return;
      if (this.#hasServed) this.#restart(onFailure);
      else
        onFailure(failure ?? { event: 'failed', code: 'internal', detail: `the backend ended with ${code}` });
    });
  }

  #take(message: Exclude<BackendToShell, { event: 'failed' }>): void {
    if (message.event === 'serving') {
      this.#hasServed = true;
      this.#endpoint.resolve(message.endpoint);
    } else if (message.event === 'show-window') {
      this.#options.onShowWindow();
    } else if (message.event === 'bulk-page') {
      this.#options.onBulkPage(message.isWanted);
    } else if (message.event === 'start-trial') {
      this.#startTrial();
    } else if (message.event === 'end-helper') {
      this.#helpers.end(message.id);
    } else {
      const port = this.#helpers.start(message, (order) => this.#send(order));
      if (port) this.#send({ order: 'helper-started', id: message.id }, [port]);
    }
  }

  #startTrial(): void {
    this.#options.startTrial().then(
      (trial) => this.#send({ order: 'trial-started', trial }),
      (error: unknown) => this.#send({ order: 'trial-failed', detail: (error as Error).message }),
    );
  }

  #restart(onFailure: (failure: StartFailure) => void): void {
    this.#endpoint.reject(new Error('the backend has ended'));
    const nowMs = Date.now();
    while (nowMs - (this.#restartsMs[0] ?? nowMs) > RESTART_WINDOW_MS) this.#restartsMs.shift();
    if (this.#restartsMs.length >= MAXIMUM_RESTARTS) {
      this.#options.onGivenUp();
      return;
    }
    this.#restartsMs.push(nowMs);
    this.#endpoint = Promise.withResolvers<EndpointAddress>();
    this.#ignoreUnheard();
    this.#fork(onFailure);
    this.#options.onRestarted();
  }

  /** Nobody may be waiting for the endpoint when it goes away. */
  #ignoreUnheard(): void {
    this.#endpoint.promise.catch(() => {});
  }

  #send(order: ShellToBackend, ports: MessagePortMain[] = []): void {
    this.#child?.postMessage(order, ports);
  }
}
