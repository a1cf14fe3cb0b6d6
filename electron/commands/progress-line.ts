const LINE_INTERVAL_MS = 2000;

/** Progress on stderr: one line that changes on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  readonly #isTerminal = process.stderr.isTTY;
  #lastMs = -Infinity;
  #isShown = false;

  show(text: string): void {
    if (this.#isTerminal) {
      process.stderr.write(`\r\x1b[K${text}`);
      this.#isShown = true;
      return;
    }
    if (performance.now() - this.#lastMs < LINE_INTERVAL_MS) return;
    this.#lastMs = performance.now();
    process.stderr.write(`${text}\n`);
  }

  /** Ends with a line that stays. */
  end(text: string): void {
    process.stderr.write(`${this.#isShown ? '\r\x1b[K' : ''}${text}\n`);
    this.#isShown = false;
  }
}
