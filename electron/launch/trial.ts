import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { LaunchArguments } from './arguments.ts';
import { BrowserSession } from './browser-session.ts';
import type { Browser } from './browsers.ts';
import { startLoopbackBackend } from './loopback-backend.ts';
import type { LoopbackBackend } from './loopback-backend.ts';

export interface TrialOptions {
  readonly args: LaunchArguments;
  readonly pageDir: string;
  /** Undefined where there is no screen: the page opens the address it is told. */
  readonly browser: Browser | undefined;
}

/**
 * The hospital of the trial: a workstation like any other, in processes and a data folder of its own beside
 * the first one's, and with a browser profile of its own. It ends with its window or with the first one.
 */
export class Trial {
  readonly #options: TrialOptions;
  #backend: LoopbackBackend | undefined;
  #session: BrowserSession | undefined;

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /** Starts it, or shows it again, whenever the first workstation asks. */
  serve(first: LoopbackBackend): void {
    first.onStartTrial(() => {
      this.#start()
        .then((trial) => first.answerTrial({ order: 'trial-started', trial }))
        .catch((error: unknown) => {
          first.answerTrial({ order: 'trial-failed', detail: (error as Error).message });
        });
    });
  }

  async close(): Promise<void> {
    await this.#session?.close();
    await this.#backend?.stop();
  }

  async #start() {
    const { args, pageDir, browser } = this.#options;
    const dataDir = path.join(args.dataDir, 'trial-hospital');
    if (this.#backend) {
      await this.#session?.openWindow();
      return { dataDir, url: await this.#backend.newWindowAddress(), isShown: this.#session !== undefined };
    }
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const language = args.isLanguageGiven ? args.language : undefined;
    const backend = startLoopbackBackend({
      dataDir,
      port: 0,
      language,
      pageDir,
      broker: 'embedded',
      specimen: args.specimen,
      withWindow: browser !== undefined,
    });
    const report = await backend.started;
    if (report.event === 'failed') throw new Error(`${report.code}: ${report.detail}`);
    this.#backend = backend;
    void backend.exited.then(() => {
      this.#backend = undefined;
      this.#session = undefined;
    });
    if (browser) {
      const session = new BrowserSession({
        backend,
        browser,
        dataDir,
        language: args.language,
        lastingUrl: report.url,
      });
      this.#session = session;
      void session.closed.then(() => backend.stop());
      await session.openWindow();
    }
    return { dataDir, url: await backend.newWindowAddress(), isShown: browser !== undefined };
  }
}
