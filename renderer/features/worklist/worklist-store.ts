import { create } from 'zustand';
import { nothingSelected } from './selection.ts';
import type { Selection } from './selection.ts';

interface WorklistState {
  readonly selection: Selection;
  /** Where the list was scrolled to, for coming back from a study. */
  readonly scrollTopPx: number;
  /** Undefined: as the width of the window suggests. */
  readonly areDetailsShown: boolean | undefined;
}

/** What has to survive opening a study and coming back, but not a restart. */
export const useWorklistStore = create<WorklistState>(() => ({
  selection: nothingSelected,
  scrollTopPx: 0,
  areDetailsShown: undefined,
}));

/** Replaces the selection, or changes it from what it is. */
export function select(next: Selection | ((current: Selection) => Selection)): void {
  useWorklistStore.setState(({ selection }) => ({
    selection: typeof next === 'function' ? next(selection) : next,
  }));
}
