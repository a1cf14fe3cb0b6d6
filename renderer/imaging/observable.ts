/** A value that React can follow with `useSyncExternalStore`. */
export interface Observable<Value> {
  get(): Value;
  /** Calls back after every change until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

export class Store<Value> implements Observable<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  // Bound, because React is handed the functions alone.
  readonly get = (): Value => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }
}
