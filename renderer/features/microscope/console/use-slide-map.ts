import { useEffect, useState } from 'react';
import type { MapPicture } from '../view/stage-painter.ts';
import type { FrameFeed } from '../view/frame-feed.ts';
import { useModel } from '../use-session.ts';

export interface SlideMapView {
  readonly map: MapPicture | undefined;
  readonly visited: CanvasImageSource | undefined;
  readonly unseenPart: number | null;
  readonly revision: number;
}

/** The overview of the slide on the stage, fetched once. */
export function useSlideMap(_feed: FrameFeed | undefined): SlideMapView {
  const map = useModel(({ state }) => state?.map ?? null);
  const slideId = map?.slideId;
  const [picture, setPicture] = useState<MapPicture>();
  useEffect(() => {
    if (!map) {
      setPicture(undefined);
      return undefined;
    }
    let isCurrent = true;
    const image = new Image();
    image.src = `/microscope/maps/${map.slideId}`;
    image.decode().then(
      () => {
        if (isCurrent) setPicture({ image, map });
      },
      () => {
        // Not here yet; the next state brings it.
      },
    );
    return () => {
      isCurrent = false;
      setPicture(undefined);
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the same slide has the same map
  }, [slideId]);
  return { map: picture, visited: undefined, unseenPart: null, revision: 0 };
}
