import type { ChildProcess } from 'node:child_process';
import type { Browser } from './browsers.ts';
import { needsNoSandbox, openBrowserWindow } from './browser-window.ts';
import type { LoopbackBackend } from './loopback-backend.ts';
import { say } from './sentences.ts';

export interface BrowserSessionOptions {
  readonly backend: LoopbackBackend;
  readonly browser: Browser;
  readonly dataDir: string;
  readonly language: 'ja' | 'en';
  /** Works as often as one likes; shown where no window can be opened. */
  readonly lastingUrl: string;
}

/** A reload or a second window takes a moment between one connection and the next. */
const PAGE_GRACE_MS = 4_000;
const FIRST_PAGE_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * The app windows of one workstation. `closed` resolves when a window was there and none is any more.
 *
 * The browser's process alone does not tell: with a profile that is already open it hands its window
 * over to the running browser and ends at once. So a window counts as open while a page is connected.
 */
export class BrowserSession {
  readonly closed: Promise<void>;
  readonly #options: BrowserSessionOptions;
  readonly #processes = new Set<ChildProcess>();
  #resolveClosed: () => void = () => {};
  #hadPage = false;
  #hasWarned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BrowserSessionOptions) {
    this.#options = options;
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    options.backend.onPageCount(() => this.#consider());
    options.backend.onShowWindow(() => void this.openWindow());
  }

  async openWindow(): Promise<void> {
    const { backend, browser, dataDir, language, lastingUrl } = this.#options;
    const withoutSandbox = needsNoSandbox();
    if (withoutSandbox && !this.#hasWarned) say('root-without-sandbox');
    this.#hasWarned = true;
    const url = await backend.newWindowAddress();
    const { process: child, lastWords } = openBrowserWindow({
      browser,
      url,
      dataDir,
      language,
      withoutSandbox,
    });
    this.#processes.add(child);
    const fail = (reason: string) => {
      this.#processes.delete(child);
      say('browser-failed', { browser: browser.name, reason, url: lastingUrl });
    };
    child.on('error', (error) => fail(error.message));
    child.on('exit', (code) => {
      this.#processes.delete(child);
      if (code !== 0 && code !== null && !this.#hadPage) fail(lastWords() || `exit ${code}`);
      else if (this.#hadPage) this.#consider();
      else setTimeout(() => this.#hadPage || fail(lastWords() || 'no window'), FIRST_PAGE_TIMEOUT_MS).unref();
    });
  }

  /** Closes the windows and waits until their processes are gone. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all([...this.#processes].map(endProcess));
  }

  #consider(): void {
    clearTimeout(this.#timer);
    if (this.#options.backend.pageCount() > 0) this.#hadPage = true;
    else if (this.#hadPage) {
      const graceMs = this.#processes.size === 0 ? 0 : PAGE_GRACE_MS;
      this.#timer = setTimeout(this.#resolveClosed, graceMs);
    }
  }
}

function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const force = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
    child.once('exit', () => {
      clearTimeout(force);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
