import { useCallback, useEffect, useState } from 'react';
import type { StudySummary } from '#shared/contract/study.ts';
import { useSettled } from './use-settled.ts';
import { useWorklistStore } from './worklist-store.ts';

/** Wide enough for the list and the details side by side. */
const DETAILS_FROM = '(min-width: 1500px)';
/** A row the arrow keys rest on this long is likely to be opened next. */
const LIKELY_AFTER_MS = 250;

/** Whether the details are shown: as the person last said, otherwise as the window has room. */
export function useDetails(): [areShown: boolean, toggle: () => void] {
  const [isWide, setWide] = useState(() => window.matchMedia(DETAILS_FROM).matches);
  useEffect(() => {
    const media = window.matchMedia(DETAILS_FROM);
    const follow = () => setWide(media.matches);
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }, []);
  const areShown = useWorklistStore((state) => state.areDetailsShown) ?? isWide;
  const toggle = useCallback(() => useWorklistStore.setState({ areDetailsShown: !areShown }), [areShown]);
  return [areShown, toggle];
}

/** Tells of the study the focus rests on, so that its images can be fetched ahead. */
export function useLikely(
  study: StudySummary | undefined,
  onLikely: ((study: StudySummary) => void) | undefined,
): void {
  const likely = useSettled(study, LIKELY_AFTER_MS);
  useEffect(() => {
    if (likely && onLikely) onLikely(likely);
  }, [likely, onLikely]);
}
