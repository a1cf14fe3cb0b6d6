import type { BrokerReport } from '#backend/processes/broker-messages.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';
import type { Log } from '#backend/log.ts';

export interface EmbeddedBrokerOptions {
  readonly start: () => HelperProcess;
  readonly host: string;
  /** 0: the one it had last time, or any free one. */
  readonly port: number;
  /** The site has named it: another one would be no help. */
  readonly isPortFixed: boolean;
  readonly log: Log;
  readonly onPort: (port: number) => void;
}

const RESTART_PAUSE_MS = 500;
const ENDING_MS = 3000;
/** A broker that was just killed may hold the port for a moment; after this another program has it. */
const ATTEMPTS_ON_SAME_PORT = 6;

/** Keeps the broker process running on the same port: cards name it. */
export class EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  #process: HelperProcess | undefined;
  #port: number;
  #restart: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isRunning = false;
  #failures = 0;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#start();
  }

  /** Resolves when the process is gone, so that nothing of a workstation outlives it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (!child || !this.#isRunning) return;
    const ended = new Promise<void>((resolve) => child.onExit(() => resolve()));
    child.kill();
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ENDING_MS).unref())]);
  }

  #start(): void {
    const { start, host, isPortFixed, log, onPort } = this.#options;
    const child = start();
    this.#process = child;
    this.#isRunning = true;
    child.onMessage((message) => {
      const report = message as BrokerReport;
      if (report.event === 'listening') {
        this.#port = report.port;
        this.#failures = 0;
        onPort(report.port);
        return;
      }
      log.warn({ code: report.code }, 'the embedded broker cannot listen');
      this.#failures += 1;
      // Contacts are told the new one with the next sign of life.
      if (report.code === 'EADDRINUSE' && !isPortFixed && this.#failures >= ATTEMPTS_ON_SAME_PORT) {
        this.#port = 0;
      }
      child.kill();
    });
    child.onExit(() => {
      if (this.#process === child) this.#isRunning = false;
      if (this.#isClosed || this.#process !== child) return;
      this.#restart = setTimeout(() => this.#start(), RESTART_PAUSE_MS);
    });
    child.send({ host, port: this.#port });
  }
}
