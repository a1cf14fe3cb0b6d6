import { create } from 'zustand';
import { nothingSelected } from './selection.ts';
import type { Selection } from './selection.ts';

interface WorklistState {
  readonly selection: Selection;
  /** Undefined: as the width of the window suggests. */
  readonly areDetailsShown: boolean | undefined;
}

/** What has to survive opening a study and coming back, but not a restart. */
export const useWorklistStore = create<WorklistState>(() => ({
  selection: nothingSelected,
  areDetailsShown: undefined,
}));

/** Replaces the selection, or changes it from what it is. */
export function select(next: Selection | ((current: Selection) => Selection)): void {
  useWorklistStore.setState(({ selection }) => ({
    selection: typeof next === 'function' ? next(selection) : next,
  }));
}

let scrollTopPx = 0;

/** Where the list was scrolled to, for coming back from a study. Changes too often to be drawn from. */
export function rememberScroll(topPx: number): void {
  scrollTopPx = topPx;
}

export function rememberedScroll(): number {
  return scrollTopPx;
}
