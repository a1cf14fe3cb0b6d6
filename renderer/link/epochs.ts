/** One connection of a session, for one epoch. */
export interface EpochPeer {
  /** False if it was not taken. */
  signal(text: string): boolean;
  close(): void;
}

/** Candidates of the other end may be here before our own end is opened. */
const MAXIMUM_EARLY_SIGNALS = 64;

/** The connection of the newest epoch. Whatever is said to an older one comes too late and is dropped. */
export class Epochs<P extends EpochPeer> {
  #current: { readonly epoch: number; readonly peer: P } | undefined;
  #newest = -1;
  #early: { readonly epoch: number; readonly text: string }[] = [];
  /** Signals that were of an older epoch or not understood. */
  refusedSignals = 0;

  get peer(): P | undefined {
    return this.#current?.peer;
  }

  get epoch(): number {
    return this.#newest;
  }

  isCurrent(epoch: number): boolean {
    return this.#current?.epoch === epoch;
  }

  /** Ends the connection of the epoch before. Does nothing for an epoch that has been. */
  open(epoch: number, make: () => P): void {
    if (epoch <= this.#newest) return;
    this.#current?.peer.close();
    this.#newest = epoch;
    const peer = make();
    this.#current = { epoch, peer };
    const early = this.#early;
    this.#early = early.filter((signal) => signal.epoch > epoch);
    for (const signal of early) {
      if (signal.epoch === epoch) this.signal(epoch, signal.text);
    }
  }

  signal(epoch: number, text: string): void {
    if (epoch > this.#newest && this.#early.length < MAXIMUM_EARLY_SIGNALS) {
      this.#early.push({ epoch, text });
    } else if (!this.isCurrent(epoch) || this.#current?.peer.signal(text) !== true) {
      this.refusedSignals++;
    }
  }

  close(epoch: number): void {
    if (!this.isCurrent(epoch)) return;
    this.#current?.peer.close();
    this.#current = undefined;
  }

  /** The session is over: the next one counts its epochs anew. */
  reset(): void {
    this.#current?.peer.close();
    this.#current = undefined;
    this.#newest = -1;
    this.#early = [];
  }
}
