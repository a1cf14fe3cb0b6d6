import { useEffect, useRef } from 'react';
import type { SeriesSummary, StudySummary } from '#shared/contract/study.ts';
import { createStackView } from '#renderer/imaging/cornerstone.ts';
import { loadSeriesImages } from '#renderer/imaging/series-images.ts';

export function Viewer({ study, series }: { study: StudySummary; series: SeriesSummary }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!element.current) return undefined;
    const view = createStackView(element.current, 'main');
    void loadSeriesImages(study.studyUid, series.seriesUid).then((images) =>
      view.show(
        images.map((image) => image.imageId),
        Math.floor(images.length / 2),
      ),
    );
    const onWheel = (event: WheelEvent) => view.scroll(Math.sign(event.deltaY));
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
