import type { StudyCounts } from '#shared/contract/study.ts';

/** Studies with the same modalities at the same facility. */
export interface CountedGroup {
  /** Joined with commas. */
  readonly modalities: string;
  readonly facility: string;
  readonly total: number;
  readonly unread: number;
}

/** Counts for the filters of a worklist. */
export function countsOf(groups: readonly CountedGroup[]): StudyCounts {
  const byModality = new Map<string, number>();
  const byFacility = new Map<string, number>();
  let total = 0;
  let unread = 0;
  for (const group of groups) {
    total += group.total;
    unread += group.unread;
    for (const modality of group.modalities.split(',')) add(byModality, modality, group.total);
    add(byFacility, group.facility, group.total);
  }
  return { total, unread, byModality: modalityCounts(byModality), byFacility: facilityCounts(byFacility) };
}

export function modalityCounts(counts: ReadonlyMap<string, number>): StudyCounts['byModality'] {
  return mostFrequentFirst(counts)
    .filter(([modality]) => modality !== '')
    .map(([modality, count]) => ({ modality, count }));
}

export function facilityCounts(counts: ReadonlyMap<string, number>): StudyCounts['byFacility'] {
  return mostFrequentFirst(counts).map(([facility, count]) => ({ facility, count }));
}

export function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function mostFrequentFirst(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
