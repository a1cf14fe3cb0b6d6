import { Store } from '../observable.ts';
import type { Observable } from '../observable.ts';

export type LoadState = 'absent' | 'loading' | 'loaded' | 'failed';

/** How far one stack is loaded and looked at; a new object after every change. */
export interface StackProgress {
  readonly total: number;
  readonly loaded: number;
  readonly failed: number;
  readonly seen: number;
  stateOf(index: number): LoadState;
  isSeen(index: number): boolean;
}

const states: readonly LoadState[] = ['absent', 'loading', 'loaded', 'failed'];
/**
 * Hundreds of images arrive in a second, and drawing how far they are costs the same two cores that load
 * them. Ten times a second looks continuous on a scroll bar.
 */
const REPORT_INTERVAL_MS = 100;

/** Keeps count for one stack and tells its observers now and then. */
export class ProgressKeeper {
  readonly #store: Store<StackProgress>;
  readonly #states: Uint8Array;
  readonly #seen: Uint8Array;
  #isReportDue = false;

  constructor(total: number) {
    this.#states = new Uint8Array(total);
    this.#seen = new Uint8Array(total);
    this.#store = new Store(this.#snapshot());
  }

  get observable(): Observable<StackProgress> {
    return this.#store;
  }

  setState(index: number, state: LoadState): void {
    this.#states[index] = states.indexOf(state);
    this.#reportSoon();
  }

  setSeen(index: number): void {
    if (this.#seen[index] === 1) return;
    this.#seen[index] = 1;
    this.#reportSoon();
  }

  #snapshot(): StackProgress {
    const count = (state: LoadState) =>
      this.#states.filter((value) => value === states.indexOf(state)).length;
    return {
      total: this.#states.length,
      loaded: count('loaded'),
      failed: count('failed'),
      seen: this.#seen.filter((value) => value === 1).length,
      stateOf: (index) => states[this.#states[index] ?? 0] ?? 'absent',
      isSeen: (index) => this.#seen[index] === 1,
    };
  }

  #reportSoon(): void {
    if (this.#isReportDue) return;
    this.#isReportDue = true;
    setTimeout(() => {
      this.#isReportDue = false;
      this.#store.set(this.#snapshot());
    }, REPORT_INTERVAL_MS);
  }
}
