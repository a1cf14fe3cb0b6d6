import type { Slab } from '#shared/domain/annotation.ts';
import type { PaneState, ViewerState } from '#shared/contract/viewing.ts';
import type { SeriesUid, StudyKey } from '#shared/domain/identifiers.ts';
import type { PlaneName } from '#shared/dicom/geometry/orientation.ts';

export const MOST_ROWS = 3;
export const MOST_COLUMNS = 3;

/** What one pane is to show; what it shows of it (image, window, camera) the pane itself knows. */
export interface PaneContent {
  readonly studyKey: StudyKey;
  readonly seriesUid: SeriesUid;
  /** Of the acquired stack; undefined for the first one of the series. */
  readonly stackId: string | undefined;
  /** stored: as acquired; otherwise a plane computed from it. */
  readonly plane: 'stored' | PlaneName;
  readonly slab: Slab | null;
  /** How it is to be shown at first; afterwards the doctor decides. */
  readonly initial?: InitialView;
}

export interface InitialView {
  readonly index?: number;
  readonly window?: { readonly width: number; readonly centre: number } | null;
  readonly camera?: PaneState['camera'];
}

export interface Layout {
  readonly rows: number;
  readonly columns: number;
  /** Row by row; null where nothing is shown. */
  readonly panes: readonly (PaneContent | null)[];
  readonly activePane: number;
  readonly isMaximised: boolean;
}

export const singlePane: Layout = { rows: 1, columns: 1, panes: [null], activePane: 0, isMaximised: false };

/** Panes keep what they show, counted from the first; what finds no place goes. */
export function resized(layout: Layout, rows: number, columns: number): Layout {
  const panes = Array.from({ length: rows * columns }, (_, index) => layout.panes[index] ?? null);
  // What the doctor was looking at stays, even if its place is gone.
  const active = layout.panes[layout.activePane] ?? null;
  const isActiveKept = layout.activePane < panes.length;
  if (!isActiveKept) panes[panes.length - 1] = active;
  return {
    rows,
    columns,
    panes,
    activePane: isActiveKept ? layout.activePane : panes.length - 1,
    isMaximised: false,
  };
}

export function withPane(layout: Layout, pane: number, content: PaneContent | null): Layout {
  return { ...layout, panes: layout.panes.with(pane, content) };
}

/** Puts two panes in each other's place. */
export function swapped(layout: Layout, one: number, other: number): Layout {
  const panes = layout.panes.with(one, layout.panes[other] ?? null).with(other, layout.panes[one] ?? null);
  return { ...layout, panes };
}

/** The layout of a stored or addressed state. */
export function layoutOfState(state: ViewerState): Layout {
  const count = state.rows * state.columns;
  return {
    rows: state.rows,
    columns: state.columns,
    panes: Array.from({ length: count }, (_, index) => contentOfState(state.panes[index] ?? null)),
    activePane: Math.min(state.activePane, count - 1),
    isMaximised: state.isMaximised,
  };
}

function contentOfState(pane: PaneState | null): PaneContent | null {
  if (!pane) return null;
  const { studyKey, seriesUid, stackId, plane, slab, index, window, camera } = pane;
  return { studyKey, seriesUid, stackId, plane, slab, initial: { index, window, camera } };
}
