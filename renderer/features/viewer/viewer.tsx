import { useEffect, useRef } from 'react';
import type { SeriesSummary, StudySummary } from '#shared/contract/study.ts';
import { createStackView, openSeries } from '#renderer/imaging/index.ts';

export function Viewer({ study, series }: { study: StudySummary; series: SeriesSummary }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!element.current) return undefined;
    const view = createStackView(element.current, 'main');
    void openSeries(study.studyUid, series.seriesUid, study.studyKey).then(({ stacks: [stack] }) =>
      stack ? view.show(stack) : undefined,
    );
    const onWheel = (event: WheelEvent) => void view.scrollBy(Math.sign(event.deltaY));
    window.addEventListener('wheel', onWheel);
    return () => {
      window.removeEventListener('wheel', onWheel);
      view.dispose();
    };
  }, [study, series]);
  return (
    <div
      ref={element}
      data-testid="viewport"
      style={{ width: '100%', height: '100vh', background: '#000' }}
    />
  );
}
