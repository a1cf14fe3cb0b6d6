import { BrowserWindow } from 'electron';
import { BULK_PAGE } from '#shared/contract/launch.ts';
import { PAGE_ORIGIN } from './page-address.ts';
import { windowOptions } from './windows.ts';
import type { WindowOptions } from './windows.ts';

/** The page without a face that carries files, in a window nobody sees: there as long as it is wanted, once. */
export class BulkWindow {
  readonly #options: WindowOptions;
  #window: BrowserWindow | undefined;

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  set(isWanted: boolean): void {
    if (!isWanted) {
      this.#window?.destroy();
      this.#window = undefined;
    } else if (!this.#window) {
      const window = new BrowserWindow({ ...windowOptions(this.#options), skipTaskbar: true });
      this.#window = window;
      window.once('closed', () => {
        if (this.#window === window) this.#window = undefined;
      });
      void window.loadURL(`${PAGE_ORIGIN}${BULK_PAGE}`).catch((error: unknown) => {
        process.stderr.write(`the page that carries files was not loaded: ${String(error)}\n`);
      });
    }
  }

  /** Windows that a person sees. */
  visibleWindows(): BrowserWindow[] {
    return BrowserWindow.getAllWindows().filter((window) => window !== this.#window && !window.isDestroyed());
  }
}
