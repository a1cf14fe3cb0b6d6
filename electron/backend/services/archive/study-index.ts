import type { StudyCounts, StudyFilter, StudySort, StudySortColumn } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { searchWords } from '#shared/domain/search-text.ts';

/** What of one study is searched, filtered, counted and sorted by. */
export interface IndexedStudy {
  readonly studyKey: StudyKey;
  /** Folded fields, one a line. */
  readonly text: string;
  /** Joined with commas. */
  readonly modalities: string;
  readonly facility: string;
  /** YYYYMMDD; empty if unknown. */
  readonly studyDate: string;
  readonly isUnread: boolean;
  readonly sortKeys: Readonly<Record<StudySortColumn, string | number>>;
}

export interface FoundPage {
  readonly total: number;
  readonly studyKeys: readonly StudyKey[];
}

/** Where a study stands in the index; the place of a removed one is used again. */
type Slot = number;

/**
 * All studies in memory, so that every key press of a search, with any filter, sort and count, is
 * one pass over arrays. docs/decisions compares this with SQLite's full-text index.
 */
export class StudyIndex {
  readonly #studies: (IndexedStudy | undefined)[] = [];
  readonly #texts: string[] = [];
  readonly #slots = new Map<StudyKey, Slot>();
  readonly #freeSlots: Slot[] = [];
  readonly #orders = new Map<StudySortColumn, Slot[]>();
  /** The last text searched for and who has it; typing on only narrows it down. */
  #lastText: { readonly query: string; readonly slots: readonly Slot[] } | undefined;

  get size(): number {
    return this.#slots.size;
  }

  put(study: IndexedStudy): void {
    this.#lastText = undefined;
    const known = this.#slots.get(study.studyKey);
    const slot = known ?? this.#freeSlots.pop() ?? this.#studies.length;
    const before = this.#studies[slot];
    for (const [column, order] of this.#orders) {
      if (before && before.sortKeys[column] === study.sortKeys[column]) continue;
      if (before) order.splice(this.#placeOf(order, column, before), 1);
    }
    this.#studies[slot] = study;
    this.#texts[slot] = study.text;
    this.#slots.set(study.studyKey, slot);
    for (const [column, order] of this.#orders) {
      if (before && before.sortKeys[column] === study.sortKeys[column]) continue;
      order.splice(this.#placeOf(order, column, study), 0, slot);
    }
  }

  remove(studyKey: StudyKey): void {
    const slot = this.#slots.get(studyKey);
    const study = slot === undefined ? undefined : this.#studies[slot];
    if (slot === undefined || !study) return;
    this.#lastText = undefined;
    for (const [column, order] of this.#orders) order.splice(this.#placeOf(order, column, study), 1);
    this.#studies[slot] = undefined;
    this.#texts[slot] = '';
    this.#slots.delete(studyKey);
    this.#freeSlots.push(slot);
  }

  find(filter: StudyFilter, sort: StudySort, offset: number, limit: number): FoundPage {
    const passes = this.#filterOf(filter);
    const hasText = this.#withText(filter.text);
    const isFound = new Uint8Array(this.#studies.length);
    let total = 0;
    for (const slot of hasText ?? this.#studies.keys()) {
      const study = this.#studies[slot];
      if (!study || !passes.all(study)) continue;
      isFound[slot] = 1;
      total++;
    }
    return { total, studyKeys: this.#page(isFound, sort, offset, Math.min(limit, total - offset)) };
  }

  count(filter: StudyFilter): StudyCounts {
    const passes = this.#filterOf(filter);
    const modalities = new Map<string, number>();
    const facilities = new Map<string, number>();
    let total = 0;
    let unread = 0;
    for (const slot of this.#withText(filter.text) ?? this.#studies.keys()) {
      const study = this.#studies[slot];
      if (!study || !passes.others(study)) continue;
      const hasModality = passes.modality(study);
      const hasFacility = passes.facility(study);
      if (hasFacility) modalities.set(study.modalities, (modalities.get(study.modalities) ?? 0) + 1);
      if (hasModality) facilities.set(study.facility, (facilities.get(study.facility) ?? 0) + 1);
      if (!hasModality || !hasFacility) continue;
      total++;
      if (study.isUnread) unread++;
    }
    return {
      total,
      unread,
      byModality: mostFrequentFirst(perSingleModality(modalities)).map(([modality, count]) => ({
        modality,
        count,
      })),
      byFacility: mostFrequentFirst(facilities).map(([facility, count]) => ({ facility, count })),
    };
  }

  #filterOf({ modalities, facilities, dateFrom, dateTo, readState }: StudyFilter) {
    const wantedModalities = new Set(modalities);
    const wantedFacilities = new Set(facilities);
    // Few combinations exist, so each is split once.
    const combinations = new Map<string, boolean>();
    const modality = (study: IndexedStudy) => {
      if (wantedModalities.size === 0) return true;
      let isWanted = combinations.get(study.modalities);
      if (isWanted === undefined) {
        isWanted = study.modalities.split(',').some((each) => wantedModalities.has(each));
        combinations.set(study.modalities, isWanted);
      }
      return isWanted;
    };
    const facility = (study: IndexedStudy) =>
      wantedFacilities.size === 0 || wantedFacilities.has(study.facility);
    const others = (study: IndexedStudy) =>
      (readState === 'any' || study.isUnread === (readState === 'unread')) &&
      (dateFrom === '' || study.studyDate >= dateFrom) &&
      (dateTo === '' || (study.studyDate !== '' && study.studyDate <= dateTo));
    return {
      modality,
      facility,
      others,
      all: (study: IndexedStudy) => others(study) && modality(study) && facility(study),
    };
  }

  /** Who has every word, or undefined if no word was given. */
  #withText(query: string): readonly Slot[] | undefined {
    const words = searchWords(query);
    if (words.length === 0) return undefined;
    const last = this.#lastText;
    if (last?.query === query) return last.slots;
    // What is typed on only makes words longer or adds one, so nothing new can be found.
    const candidates = last && query.startsWith(last.query) ? last.slots : this.#texts.keys();
    const slots: Slot[] = [];
    for (const slot of candidates) {
      const text = this.#texts[slot] ?? '';
      if (words.every((alternatives) => alternatives.some((word) => text.includes(word)))) slots.push(slot);
    }
    this.#lastText = { query, slots };
    return slots;
  }

  #page(isFound: Uint8Array, { column, descending }: StudySort, offset: number, count: number): StudyKey[] {
    const order = this.#orderBy(column);
    const page: StudyKey[] = [];
    let toSkip = offset;
    for (let step = 0; step < order.length && page.length < count; step++) {
      const slot = order[descending ? order.length - 1 - step : step] ?? -1;
      if (isFound[slot] !== 1) continue;
      const study = this.#studies[slot];
      if (toSkip > 0) toSkip--;
      else if (study) page.push(study.studyKey);
    }
    return page;
  }

  #orderBy(column: StudySortColumn): Slot[] {
    const known = this.#orders.get(column);
    if (known) return known;
    const sorted = [...this.#slots.values()]
      .map((slot) => ({ slot, study: this.#studies[slot] }))
      .filter((each): each is { slot: Slot; study: IndexedStudy } => each.study !== undefined)
      .sort((a, b) => compare(column, a.study, b.study))
      .map(({ slot }) => slot);
    this.#orders.set(column, sorted);
    return sorted;
  }

  /** Where a study stands in an order, or where it would. */
  #placeOf(order: readonly Slot[], column: StudySortColumn, study: IndexedStudy): number {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#studies[order[middle] ?? -1];
      if (other && compare(column, other, study) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A total order: among equals the newer study comes first, except by date, which runs from old to new. */
function compare(column: StudySortColumn, a: IndexedStudy, b: IndexedStudy): number {
  const [own, other] = [a.sortKeys[column], b.sortKeys[column]];
  if (own !== other) return own < other ? -1 : 1;
  const sign = column === 'studyDate' ? 1 : -1;
  const [ownDate, otherDate] = [a.sortKeys.studyDate, b.sortKeys.studyDate];
  if (ownDate !== otherDate) return ownDate < otherDate ? -sign : sign;
  return (a.studyKey - b.studyKey) * sign;
}

function perSingleModality(combinations: ReadonlyMap<string, number>): Map<string, number> {
  const single = new Map<string, number>();
  for (const [combination, count] of combinations) {
    if (combination === '') continue;
    for (const modality of combination.split(',')) single.set(modality, (single.get(modality) ?? 0) + count);
  }
  return single;
}

function mostFrequentFirst(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
