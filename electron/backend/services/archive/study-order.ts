export type SortKey = string | number;

/** Tells any two slots apart whose keys are equal. */
export type TieBreak = (a: number, b: number) => number;

/**
 * Slots in the order of their keys, kept while slots come and go. Among equal keys, the one that is
 * later in the order it falls back on comes first, which is the newer study.
 */
export class StudyOrder {
  readonly #fallback: StudyOrder | TieBreak;
  readonly #keys: (SortKey | undefined)[] = [];
  #slots: number[] = [];
  /** Nothing is sorted before somebody asks, because most columns are never sorted by. */
  #isSorted = false;

  constructor(fallback: StudyOrder | TieBreak) {
    this.#fallback = fallback;
  }

  /** The slot must not be in this order yet, and in the one it falls back on already. */
  add(slot: number, key: SortKey): void {
    this.#keys[slot] = key;
    if (this.#isSorted) this.#slots.splice(this.#placeOf(slot), 0, slot);
    else this.#slots.push(slot);
  }

  /** The slot must still be in the order this one falls back on. */
  remove(slot: number): void {
    const place = this.#isSorted ? this.#placeOf(slot) : this.#slots.indexOf(slot);
    if (this.#slots[place] === slot) this.#slots.splice(place, 1);
    this.#keys[slot] = undefined;
  }

  slots(): readonly number[] {
    if (!this.#isSorted) this.#slots = this.#sorted(this.#fallback);
    this.#isSorted = true;
    return this.#slots;
  }

  /** Many studies share few keys: those are sorted, and the studies dealt out to them in their old order. */
  #sorted(fallback: StudyOrder | TieBreak): number[] {
    if (typeof fallback === 'function') return this.#slots.sort((a, b) => this.#compare(a, b));
    const newestFirst = [...fallback.slots()].reverse().filter((slot) => this.#keys[slot] !== undefined);
    const ofKey = new Map<SortKey, number[]>();
    for (const slot of newestFirst) {
      const key = this.#keys[slot] ?? '';
      const slots = ofKey.get(key);
      if (slots) slots.push(slot);
      else ofKey.set(key, [slot]);
    }
    const keys = [...ofKey.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return keys.flatMap((key) => ofKey.get(key) ?? []);
  }

  #compare(a: number, b: number): number {
    const [own, other] = [this.#keys[a] ?? '', this.#keys[b] ?? ''];
    if (own !== other) return own < other ? -1 : 1;
    return typeof this.#fallback === 'function' ? this.#fallback(a, b) : -this.#fallback.#compare(a, b);
  }

  /** Where a slot stands, or where it would. */
  #placeOf(slot: number): number {
    let low = 0;
    let high = this.#slots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#slots[middle] ?? -1, slot) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
