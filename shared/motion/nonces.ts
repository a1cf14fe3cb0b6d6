import { MAXIMUM_STEP_NONCE_AGE_MS } from './limits-of-time.ts';

/** Nonces the device host gave out, and when, on its own clock: no clocks of two places are ever compared. */
export class NonceBook {
  readonly #issuedAtMs = new Map<string, number>();

  issue(nonce: string, nowMs: number): void {
    this.#issuedAtMs.set(nonce, nowMs);
    for (const [old, issuedAtMs] of this.#issuedAtMs) {
      // A little longer than any may be used, so that what is too old can be told from what is foreign.
      if (nowMs - issuedAtMs <= 2 * MAXIMUM_STEP_NONCE_AGE_MS) break;
      this.#issuedAtMs.delete(old);
    }
  }

  /** Undefined for a nonce that was never given out, or longer ago than anybody remembers. */
  ageMs(nonce: string, nowMs: number): number | undefined {
    const issuedAtMs = this.#issuedAtMs.get(nonce);
    return issuedAtMs === undefined ? undefined : nowMs - issuedAtMs;
  }
}
