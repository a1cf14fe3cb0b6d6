import type { BrokerReport } from '#backend/processes/broker-messages.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';
import type { Log } from '#backend/log.ts';

export interface EmbeddedBrokerOptions {
  readonly start: () => HelperProcess;
  readonly host: string;
  /** 0: the one it had last time, or any free one. */
  readonly port: number;
  readonly log: Log;
  readonly onPort: (port: number) => void;
}

const RESTART_PAUSE_MS = 500;

/** Keeps the broker process running on the same port: cards name it. */
export class EmbeddedBroker {
  readonly #options: EmbeddedBrokerOptions;
  #process: HelperProcess | undefined;
  #port: number;
  #restart: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options;
    this.#port = options.port;
    this.#start();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    this.#process?.kill();
  }

  #start(): void {
    const { start, host, log, onPort } = this.#options;
    const child = start();
    this.#process = child;
    child.onMessage((message) => {
      const report = message as BrokerReport;
      if (report.event === 'listening') {
        this.#port = report.port;
        onPort(report.port);
        return;
      }
      log.warn({ code: report.code }, 'the embedded broker cannot listen');
      // Another program has taken the port meanwhile: contacts have to be told the new one.
      if (report.code === 'EADDRINUSE') this.#port = 0;
      child.kill();
    });
    child.onExit(() => {
      if (this.#isClosed || this.#process !== child) return;
      this.#restart = setTimeout(() => this.#start(), RESTART_PAUSE_MS);
    });
    child.send({ host, port: this.#port });
  }
}
