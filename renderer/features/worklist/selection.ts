import type { StudyKey } from '#shared/domain/identifiers.ts';

/** One row of the list: where it stands, and which study it is once that page is loaded. */
export interface RowPlace {
  readonly index: number;
  readonly key: StudyKey | undefined;
}

/** Which studies are chosen. Keyed by study, so that rows may move underneath. */
export interface Selection {
  readonly keys: ReadonlySet<StudyKey>;
  /** The row the arrow keys start from and the details show. */
  readonly focus: RowPlace | undefined;
  /** The other end of a range chosen with Shift. */
  readonly anchor: RowPlace | undefined;
}

export const nothingSelected: Selection = { keys: new Set(), focus: undefined, anchor: undefined };

export function selectOnly(row: RowPlace): Selection {
  return { keys: keysOf(row), focus: row, anchor: row };
}

/** Ctrl and click: takes one row in or out and leaves the others. */
export function toggleRow(selection: Selection, row: RowPlace): Selection {
  const keys = new Set(selection.keys);
  if (row.key !== undefined && !keys.delete(row.key)) keys.add(row.key);
  return { keys, focus: row, anchor: row };
}

/** Shift: everything from the anchor to the row, in place of what was chosen before. */
export function selectRange(
  selection: Selection,
  row: RowPlace,
  keyAt: (index: number) => StudyKey | undefined,
): Selection {
  const anchor = selection.anchor ?? row;
  const keys = new Set<StudyKey>();
  const [first, last] = anchor.index <= row.index ? [anchor.index, row.index] : [row.index, anchor.index];
  for (let index = first; index <= last; index++) {
    const key = keyAt(index);
    if (key !== undefined) keys.add(key);
  }
  return { keys, focus: row, anchor };
}

/** After the list has changed: finds the focus and the anchor again by study, and drops what is gone. */
export function followRows(
  selection: Selection,
  indexOf: (key: StudyKey) => number | undefined,
  keyAt: (index: number) => StudyKey | undefined,
  total: number,
): Selection {
  const focus = follow(selection.focus, indexOf, keyAt, total);
  const anchor = follow(selection.anchor, indexOf, keyAt, total);
  // A row that was chosen before its page was loaded gets its study now.
  const isLate = selection.keys.size === 0 && selection.focus?.key === undefined && focus?.key !== undefined;
  if (focus === selection.focus && anchor === selection.anchor) return selection;
  return { keys: isLate ? keysOf(focus) : selection.keys, focus, anchor };
}

export function withoutStudies(selection: Selection, removed: ReadonlySet<StudyKey>): Selection {
  if (![...removed].some((key) => selection.keys.has(key) || selection.focus?.key === key)) return selection;
  const keys = new Set([...selection.keys].filter((key) => !removed.has(key)));
  const forget = (row: RowPlace | undefined) =>
    row?.key !== undefined && removed.has(row.key) ? { index: row.index, key: undefined } : row;
  return { keys, focus: forget(selection.focus), anchor: forget(selection.anchor) };
}

function follow(
  row: RowPlace | undefined,
  indexOf: (key: StudyKey) => number | undefined,
  keyAt: (index: number) => StudyKey | undefined,
  total: number,
): RowPlace | undefined {
  if (!row) return undefined;
  if (row.key !== undefined) {
    const index = indexOf(row.key);
    return index === undefined || index === row.index ? row : { index, key: row.key };
  }
  if (total === 0) return undefined;
  const index = Math.min(row.index, total - 1);
  const key = keyAt(index);
  return key === undefined && index === row.index ? row : { index, key };
}

function keysOf(row: RowPlace): ReadonlySet<StudyKey> {
  return new Set(row.key === undefined ? [] : [row.key]);
}
