import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { backgroundArguments, needsNoSandbox } from './browser-window.ts';
import { findBrowser } from './browsers.ts';
import { say } from './sentences.ts';

export interface BulkPageOptions {
  readonly dataDir: string;
  /** An address that opens the page, soon; rejects when the workstation has ended. */
  readonly newAddress: () => Promise<string>;
}

const CLOSE_TIMEOUT_MS = 3_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A browser that has lived this long was well; the next end of one is a new matter. */
const WELL_AFTER_MS = 60_000;

/** The page without a face, in a headless browser of its own: there as long as it is wanted, and only once. */
export class BulkPage {
  readonly #options: BulkPageOptions;
  #isWanted = false;
  #running: Promise<void> | undefined;
  #child: ChildProcess | undefined;
  #hasWarned = false;
  #endPause: (() => void) | undefined;

  constructor(options: BulkPageOptions) {
    this.#options = options;
  }

  set(isWanted: boolean): void {
    this.#isWanted = isWanted;
    if (isWanted) this.#running ??= this.#run().finally(() => (this.#running = undefined));
    else this.#end();
  }

  /** Waits until its processes are gone. */
  async close(): Promise<void> {
    this.set(false);
    await this.#running;
  }

  /** Opens it again and again while it is wanted. */
  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (this.#isWanted) {
      const browser = findBrowser();
      if (!browser) {
        if (!this.#hasWarned) say('no-bulk-page');
        this.#hasWarned = true;
        return;
      }
      const startedMs = performance.now();
      await this.#open(browser.executable);
      pauseMs =
        performance.now() - startedMs > WELL_AFTER_MS
          ? FIRST_PAUSE_MS
          : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      if (this.#isWanted) await this.#pause(pauseMs);
    }
  }

  async #open(executable: string): Promise<void> {
    const url = await this.#options.newAddress().catch(() => undefined);
    if (url === undefined || !this.#isWanted) return;
    const child = spawn(
      executable,
      [
        '--headless=new',
        // The browser ends with the other end of these pipes: whatever happens to this process, none stays behind.
        '--remote-debugging-pipe',
        `--user-data-dir=${path.join(this.#options.dataDir, 'carrier')}`,
        '--disable-gpu',
        ...backgroundArguments,
        ...(needsNoSandbox() ? ['--no-sandbox'] : []),
        url,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    // Read, so that it never waits for us.
    (child.stdio[4] as NodeJS.ReadableStream | null)?.resume();
    child.stdio[3]?.on('error', () => {});
    this.#child = child;
    yieldToOthers(child);
    await new Promise<void>((resolve) => {
      child.on('exit', () => resolve());
      child.on('error', () => resolve());
    });
    this.#child = undefined;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #end(): void {
    this.#endPause?.();
    const child = this.#child;
    if (!child) return;
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), CLOSE_TIMEOUT_MS);
    child.once('exit', () => clearTimeout(force));
  }
}

/** Where processors are scarce, files wait for picture and commands, not the other way round. Its processes inherit it. */
function yieldToOthers({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) os.setPriority(pid, os.constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not allow it: then it runs like any other.
  }
}
