import type { StudyCounts, StudyFilter, StudySort, StudySortColumn } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { searchWords } from '#shared/domain/search-text.ts';
import { add, facilityCounts, modalityCounts } from './study-counts.ts';
import { StudyOrder } from './study-order.ts';
import type { SortKey } from './study-order.ts';

/** What of one study is searched, filtered and counted by. */
export interface IndexedStudy {
  readonly studyKey: StudyKey;
  /** Folded fields, one a line. */
  readonly text: string;
  /** Joined with commas. */
  readonly modalities: string;
  readonly facility: string;
  /** YYYYMMDD; empty if unknown. */
  readonly studyDate: string;
  readonly studyTime: string;
  readonly isUnread: boolean;
}

/** Reads by what studies are sorted; asked for a column when a person first sorts by it. */
export interface SortKeySource {
  all(column: StudySortColumn): ReadonlyMap<StudyKey, SortKey>;
  one(column: StudySortColumn, studyKey: StudyKey): SortKey;
}

export interface FoundPage {
  readonly total: number;
  readonly studyKeys: readonly StudyKey[];
}

/** Where a study stands in the columns; the place of a removed one is used again. */
type Slot = number;

const NO_STUDY = 0;

/**
 * All studies in memory, a column per property, so that every key press of a search, with any filter,
 * sort and count, is one pass over arrays. docs/decisions compares this with SQLite's full-text index.
 */
export class StudyIndex {
  readonly #sortKeys: SortKeySource;
  readonly #keys: number[] = [];
  readonly #texts: string[] = [];
  /** As numbers: 20240115; 0 if unknown. */
  readonly #dates: number[] = [];
  readonly #modalityIds: number[] = [];
  readonly #facilityIds: number[] = [];
  readonly #unread: number[] = [];
  readonly #modalities = new Interned();
  readonly #facilities = new Interned();
  readonly #slots = new Map<StudyKey, Slot>();
  readonly #freeSlots: Slot[] = [];
  /** From old to new; every other order falls back on it. */
  readonly #byDate = new StudyOrder((a, b) => (this.#keys[a] ?? 0) - (this.#keys[b] ?? 0));
  readonly #orders = new Map<StudySortColumn, StudyOrder>();
  /** The last text searched for and who has it; typing on only narrows it down. */
  #lastText: { readonly query: string; readonly slots: readonly Slot[] } | undefined;

  constructor(sortKeys: SortKeySource) {
    this.#sortKeys = sortKeys;
  }

  get size(): number {
    return this.#slots.size;
  }

  put(study: IndexedStudy): void {
    const { studyKey } = study;
    this.#takeOut(studyKey);
    const slot = this.#slots.get(studyKey) ?? this.#freeSlots.pop() ?? this.#keys.length;
    this.#slots.set(studyKey, slot);
    this.#keys[slot] = studyKey;
    this.#texts[slot] = study.text;
    this.#dates[slot] = Number(study.studyDate);
    this.#modalityIds[slot] = this.#modalities.idOf(study.modalities);
    this.#facilityIds[slot] = this.#facilities.idOf(study.facility);
    this.#unread[slot] = study.isUnread ? 1 : 0;
    this.#byDate.add(slot, dateKey(study));
    for (const [column, order] of this.#orders) order.add(slot, this.#sortKeys.one(column, studyKey));
  }

  remove(studyKey: StudyKey): void {
    const slot = this.#slots.get(studyKey);
    if (slot === undefined) return;
    this.#takeOut(studyKey);
    this.#slots.delete(studyKey);
    this.#keys[slot] = NO_STUDY;
    this.#texts[slot] = '';
    this.#freeSlots.push(slot);
  }

  find(filter: StudyFilter, sort: StudySort, offset: number, limit: number): FoundPage {
    const order = this.#orderBy(sort.column).slots();
    const isFound = new Uint8Array(this.#keys.length);
    let total = 0;
    this.#forEach(filter, (slot, hasModality, hasFacility) => {
      if (!hasModality || !hasFacility) return;
      isFound[slot] = 1;
      total++;
    });
    const studyKeys: StudyKey[] = [];
    const wanted = Math.min(limit, total - offset);
    let toSkip = offset;
    for (let step = 0; step < order.length && studyKeys.length < wanted; step++) {
      const slot = order[sort.descending ? order.length - 1 - step : step] ?? -1;
      if (isFound[slot] !== 1) continue;
      if (toSkip > 0) toSkip--;
      else studyKeys.push(this.#keys[slot] as StudyKey);
    }
    return { total, studyKeys };
  }

  count(filter: StudyFilter): StudyCounts {
    const perModality = new Uint32Array(this.#modalities.size);
    const perFacility = new Uint32Array(this.#facilities.size);
    let total = 0;
    let unread = 0;
    this.#forEach(filter, (slot, hasModality, hasFacility) => {
      const modalityId = this.#modalityIds[slot] ?? 0;
      const facilityId = this.#facilityIds[slot] ?? 0;
      if (hasFacility) perModality[modalityId] = (perModality[modalityId] ?? 0) + 1;
      if (hasModality) perFacility[facilityId] = (perFacility[facilityId] ?? 0) + 1;
      if (!hasModality || !hasFacility) return;
      total++;
      unread += this.#unread[slot] ?? 0;
    });
    const single = new Map<string, number>();
    for (const [combination, count] of this.#modalities.named(perModality)) {
      for (const modality of combination.split(',')) add(single, modality, count);
    }
    const byFacility = facilityCounts(new Map(this.#facilities.named(perFacility)));
    return { total, unread, byModality: modalityCounts(single), byFacility };
  }

  /** Out of every order, while its keys are still what they were when it went in. */
  #takeOut(studyKey: StudyKey): void {
    this.#lastText = undefined;
    const slot = this.#slots.get(studyKey);
    if (slot === undefined) return;
    for (const order of this.#orders.values()) order.remove(slot);
    this.#byDate.remove(slot);
  }

  /** Every study that passes the filter but for modality and facility, and whether it passes those too. */
  #forEach(
    filter: StudyFilter,
    visit: (slot: Slot, hasModality: boolean, hasFacility: boolean) => void,
  ): void {
    const wantedModalities = this.#modalities.mark(
      (combination) =>
        filter.modalities.length === 0 ||
        combination.split(',').some((modality) => filter.modalities.includes(modality)),
    );
    const wantedFacilities = this.#facilities.mark(
      (facility) => filter.facilities.length === 0 || filter.facilities.includes(facility),
    );
    const from = filter.dateFrom === '' ? 0 : Number(filter.dateFrom);
    const to = filter.dateTo === '' ? Infinity : Number(filter.dateTo);
    // A study without a date is in no range.
    const earliest = filter.dateTo === '' ? from : Math.max(1, from);
    const wantedUnread = filter.readState === 'any' ? undefined : Number(filter.readState === 'unread');
    const found = this.#withText(filter.text);
    const length = found?.length ?? this.#keys.length;
    for (let index = 0; index < length; index++) {
      const slot = found ? (found[index] ?? 0) : index;
      const date = this.#dates[slot] ?? 0;
      if (this.#keys[slot] === NO_STUDY || date < earliest || date > to) continue;
      if (wantedUnread !== undefined && this.#unread[slot] !== wantedUnread) continue;
      visit(
        slot,
        wantedModalities[this.#modalityIds[slot] ?? 0] === 1,
        wantedFacilities[this.#facilityIds[slot] ?? 0] === 1,
      );
    }
  }

  /** Who has every word, or undefined if no word was given. */
  #withText(query: string): readonly Slot[] | undefined {
    const words = searchWords(query);
    if (words.length === 0) return undefined;
    const last = this.#lastText;
    if (last?.query === query) return last.slots;
    // What is typed on only makes words longer or adds one, so nothing new can be found.
    const candidates = last && query.startsWith(last.query) ? last.slots : undefined;
    const slots: Slot[] = [];
    const length = candidates?.length ?? this.#texts.length;
    for (let index = 0; index < length; index++) {
      const slot = candidates ? (candidates[index] ?? 0) : index;
      if (hasWords(this.#texts[slot] ?? '', words)) slots.push(slot);
    }
    this.#lastText = { query, slots };
    return slots;
  }

  #orderBy(column: StudySortColumn): StudyOrder {
    if (column === 'studyDate') return this.#byDate;
    const known = this.#orders.get(column);
    if (known) return known;
    const order = new StudyOrder(this.#byDate);
    for (const [studyKey, sortKey] of this.#sortKeys.all(column)) {
      const slot = this.#slots.get(studyKey);
      if (slot !== undefined) order.add(slot, sortKey);
    }
    this.#orders.set(column, order);
    return order;
  }
}

/** Date and time as one number: 20240115093000, exact in a double. */
function dateKey({ studyDate, studyTime }: IndexedStudy): number {
  return Number(studyDate) * 1e6 + Number(/^\d{1,6}/.exec(studyTime)?.[0].padEnd(6, '0') ?? 0);
}

function hasWords(text: string, words: readonly (readonly string[])[]): boolean {
  for (const alternatives of words) {
    let isFound = false;
    for (const word of alternatives) isFound ||= text.includes(word);
    if (!isFound) return false;
  }
  return true;
}

/** Few different texts, numbered, so that rows hold numbers and each text is looked at once. */
class Interned {
  readonly #ids = new Map<string, number>();

  get size(): number {
    return this.#ids.size;
  }

  idOf(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.#ids.size);
    return this.#ids.size - 1;
  }

  /** For each id whether its text is wanted. */
  mark(isWanted: (text: string) => boolean): Uint8Array {
    return Uint8Array.from(this.#ids.keys(), (text) => (isWanted(text) ? 1 : 0));
  }

  /** Those that were counted at all, by name. */
  named(counts: Uint32Array): [string, number][] {
    return [...this.#ids]
      .map(([text, id]): [string, number] => [text, counts[id] ?? 0])
      .filter(([, count]) => count > 0);
  }
}
