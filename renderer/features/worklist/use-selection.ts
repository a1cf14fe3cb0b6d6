import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { MouseEvent, RefObject } from 'react';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { revealRow } from './row-metrics.ts';
import { followRows, selectOnly, selectRange, toggleRow, withoutStudies } from './selection.ts';
import type { RowPlace, Selection } from './selection.ts';
import type { StudySummary } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { StudyRows } from './use-study-rows.ts';
import { select, useWorklistStore } from './worklist-store.ts';

/** More cannot be changed in one call, and nobody means more. */
export const MOST_SELECTED = 10_000;

export interface SelectionActions {
  readonly selection: Selection;
  readonly press: (index: number, event: MouseEvent) => void;
  /** The study both presses of a double click were on; rows may have moved between them. */
  readonly pressedTwice: (index: number) => StudySummary | undefined;
  /** Moves the focus, alone or with everything in between. */
  readonly moveTo: (index: number, isExtending: boolean) => void;
  /** False if there are more rows than can be chosen. */
  readonly selectAll: () => Promise<boolean>;
}

/** The selection of this list, kept with its studies while rows come, go and move. */
export function useSelection(rows: StudyRows, scroller: RefObject<HTMLDivElement | null>): SelectionActions {
  const client = useBackend();
  const kept = useWorklistStore((state) => state.selection);
  const selection = useMemo(() => inRows(kept, rows), [kept, rows]);
  useEffect(() => select((current) => inRows(current, rows)), [rows]);
  useEffect(
    () =>
      client.archive.on('studiesRemoved', ({ studyKeys }) =>
        select((current) => withoutStudies(current, new Set(studyKeys))),
      ),
    [client],
  );

  const extendTo = useCallback(
    async (row: RowPlace) => {
      const anchor = selectionIn(rows).anchor ?? row;
      const first = Math.min(anchor.index, row.index);
      const last = Math.min(Math.max(anchor.index, row.index), first + MOST_SELECTED - 1);
      const areHere = isLoaded(rows, first, last);
      const keys = areHere ? undefined : await rows.loadKeys(first, last);
      select((current) =>
        selectRange({ ...current, anchor }, row, (index) =>
          keys ? keys[index - first] : rows.at(index)?.studyKey,
        ),
      );
    },
    [rows],
  );

  const moveTo = useCallback(
    (wanted: number, isExtending: boolean) => {
      if (rows.total === undefined || rows.total === 0) return;
      const index = Math.max(0, Math.min(wanted, rows.total - 1));
      const row = { index, key: rows.at(index)?.studyKey };
      if (isExtending) void extendTo(row);
      else select(selectOnly(row));
      if (scroller.current) revealRow(scroller.current, index);
    },
    [rows, extendTo, scroller],
  );

  const firstPressed = useRef<StudyKey>(undefined);
  const press = useCallback(
    (index: number, event: MouseEvent) => {
      const row = { index, key: rows.at(index)?.studyKey };
      if (event.detail === 1) firstPressed.current = row.key;
      if (event.shiftKey) void extendTo(row);
      else if (event.ctrlKey || event.metaKey) select((current) => toggleRow(current, row));
      // The right button opens the menu for what is chosen, if it was pressed on it.
      else if (event.button === 0 || row.key === undefined || !selectedKeys().has(row.key))
        select(selectOnly(row));
    },
    [rows, extendTo],
  );

  const pressedTwice = useCallback(
    (index: number) => {
      const study = rows.at(index);
      return study?.studyKey === firstPressed.current ? study : undefined;
    },
    [rows],
  );

  const selectAll = useCallback(async () => {
    const { total } = rows;
    if (total === undefined || total > MOST_SELECTED) return false;
    const keys = await rows.loadKeys(0, total - 1);
    select((current) => ({ ...current, keys: new Set(keys) }));
    return true;
  }, [rows]);

  return { selection, press, pressedTwice, moveTo, selectAll };
}

function inRows(selection: Selection, rows: StudyRows): Selection {
  const { total, indexOf, at } = rows;
  if (total === undefined) return selection;
  return followRows(selection, indexOf, (index) => at(index)?.studyKey, total);
}

/**
 * The selection, each study where it stands in these rows. Between the arrival of new rows and the
 * effect that follows them there is time for a key: nothing may act on a remembered place.
 */
export function selectionIn(rows: StudyRows): Selection {
  return inRows(useWorklistStore.getState().selection, rows);
}

/** The study in focus: the very one that was chosen, never another one that now stands in its place. */
export function studyInFocus({ focus }: Selection, rows: StudyRows): StudySummary | undefined {
  const study = focus && rows.at(focus.index);
  return focus?.key === undefined || study?.studyKey === focus.key ? study : undefined;
}

function selectedKeys() {
  return useWorklistStore.getState().selection.keys;
}

function isLoaded(rows: StudyRows, first: number, last: number): boolean {
  for (let index = first; index <= last; index++) if (!rows.at(index)) return false;
  return true;
}
