import { useEffect, useLayoutEffect, useRef } from 'react';
import type { RefObject } from 'react';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { ROW_HEIGHT_PX } from './row-metrics.ts';
import type { RowsQuery, StudyRows } from './use-study-rows.ts';
import { rememberScroll, rememberedScroll } from './worklist-store.ts';

/**
 * Keeps the same studies in sight when rows come or go above them, starts at the top for a new query, and
 * remembers the place for coming back. A list that stands at the top stays there, so that arrivals show.
 */
export function useSteadyScroll(scroller: RefObject<HTMLDivElement | null>, rows: StudyRows): void {
  const top = useRef<{ key: StudyKey; index: number } | undefined>(undefined);
  const query = useRef<RowsQuery | undefined>(undefined);

  useEffect(() => {
    const element = scroller.current;
    const remember = () => rememberScroll(element?.scrollTop ?? 0);
    element?.addEventListener('scroll', remember, { passive: true });
    return () => element?.removeEventListener('scroll', remember);
  }, [scroller]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || rows.total === undefined) return;
    if (query.current === undefined) {
      element.scrollTo({ top: rememberedScroll() });
    } else if (query.current !== rows.shown) {
      element.scrollTo({ top: 0 });
    } else if (top.current && element.scrollTop > 0) {
      const index = rows.indexOf(top.current.key);
      if (index !== undefined) element.scrollBy({ top: (index - top.current.index) * ROW_HEIGHT_PX });
    }
    query.current = rows.shown;
  }, [scroller, rows]);

  // After every draw: which study is topmost now.
  useLayoutEffect(() => {
    const index = Math.floor((scroller.current?.scrollTop ?? 0) / ROW_HEIGHT_PX);
    const study = rows.at(index);
    top.current = study && { key: study.studyKey, index };
  });
}
