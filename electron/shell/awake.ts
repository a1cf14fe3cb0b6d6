import { powerSaveBlocker } from 'electron';
import type { WebContents } from 'electron';

/** Keeps the display on while at least one page says that somebody is reading. */
export class AwakeKeeper {
  readonly #readers = new Set<WebContents>();
  #blocker: number | undefined;

  set(contents: WebContents, isReading: boolean): void {
    if (isReading && !this.#readers.has(contents)) {
      this.#readers.add(contents);
      contents.once('destroyed', () => this.set(contents, false));
      contents.once('render-process-gone', () => this.set(contents, false));
    } else if (!isReading) {
      this.#readers.delete(contents);
    }
    if (this.#readers.size > 0) this.#blocker ??= powerSaveBlocker.start('prevent-display-sleep');
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
    }
  }
}
