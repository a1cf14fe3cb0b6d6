/** While somebody steers: a still goes on arriving, and leaves the path and the processor to the hand. */
const YIELDING_BYTES_PER_S = 256 * 1024;

/** How fast files may go. Over a slow path what queues before the commands is what they wait for. */
export class BulkPace {
  #yieldsUntilMs = Number.NEGATIVE_INFINITY;

  yieldFor(ms: number): void {
    this.#yieldsUntilMs = Math.max(this.#yieldsUntilMs, performance.now() + ms);
  }

  /** Resolves when so many bytes more may go; at once while nobody steers. */
  async before(bytes: number): Promise<void> {
    const readyAtMs = performance.now() + (bytes / YIELDING_BYTES_PER_S) * 1000;
    for (;;) {
      const leftMs = Math.min(readyAtMs, this.#yieldsUntilMs) - performance.now();
      if (leftMs <= 0) return;
      await new Promise<void>((resolve) => setTimeout(resolve, leftMs));
    }
  }
}
