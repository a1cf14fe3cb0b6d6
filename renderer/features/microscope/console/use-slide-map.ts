import { useEffect, useMemo, useState } from 'react';
import type { SlideMap } from '#shared/contract/microscope.ts';
import { objectiveOf, placeOfSlide } from '../session/microscope-facts.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { useModel, useSession } from '../use-session.ts';
import type { FedFrame, FrameFeed } from '../view/frame-feed.ts';
import { SlideMosaic } from '../view/slide-mosaic.ts';
import type { MapPicture } from '../view/stage-painter.ts';

export interface SlideMapView {
  readonly map: MapPicture | undefined;
  readonly visited: CanvasImageSource | undefined;
  readonly unseenPart: number | null;
  /** Grows with every change of the pictures. */
  readonly revision: number;
}

/** A field counts as looked at once it has rested for so long. */
const LOOKED_AT_MS = 400;
const RESTING_UM = 1;

/** The overview of the slide on the stage and what has been seen of it since; another slide begins anew. */
export function useSlideMap(feed: FrameFeed | undefined): SlideMapView {
  const session = useSession();
  const { slideId, limits } = useModel(({ telemetry, state }) => ({
    slideId: telemetry?.isSlideChanging === true ? undefined : telemetry?.slide?.slideId,
    limits: state ? session.facts?.stageLimitsUm : undefined,
  }));
  // Limits are told anew with every state; the same ones are the same slide.
  const limitsKey = limits && JSON.stringify(limits);
  const mosaic = useMemo(
    () =>
      slideId !== undefined && limitsKey !== undefined
        ? new SlideMosaic({ slideId, limits: JSON.parse(limitsKey) as NonNullable<typeof limits> })
        : undefined,
    [slideId, limitsKey],
  );
  const [seen, setSeen] = useState<{ unseenPart: number | null; revision: number }>({
    unseenPart: null,
    revision: 0,
  });
  const overview = useModel(({ state }) => state?.map ?? null);
  const map = useMemo(() => mosaic && { image: mosaic.canvas, map: mosaic.map }, [mosaic]);

  useEffect(() => {
    if (!mosaic || !feed) return undefined;
    const watch = new Resting(session, mosaic, () =>
      setSeen(({ revision }) => ({ unseenPart: mosaic.unseenPart(), revision: revision + 1 })),
    );
    return feed.subscribe(watch.frame);
  }, [session, mosaic, feed]);

  useEffect(() => {
    if (!mosaic || overview?.slideId !== mosaic.map.slideId) return undefined;
    return underlay(mosaic, overview, () =>
      setSeen(({ revision }) => ({ unseenPart: mosaic.unseenPart(), revision: revision + 1 })),
    );
  }, [mosaic, overview]);

  return {
    map,
    visited: mosaic?.visited,
    unseenPart: mosaic ? seen.unseenPart : null,
    revision: seen.revision,
  };
}

function underlay(mosaic: SlideMosaic, overview: SlideMap, done: () => void): () => void {
  let isCurrent = true;
  const image = new Image();
  image.src = `/microscope/maps/${overview.slideId}?of=${overview.widthPixels}x${overview.heightPixels}`;
  const lay = async () => {
    await image.decode();
    if (!isCurrent) return;
    mosaic.underlay(image, overview);
    done();
  };
  lay().catch(() => {
    // Not here yet; it is announced again when it is.
  });
  return () => {
    isCurrent = false;
  };
}

/** Adds a field once it has rested, and not again before it has moved. */
class Resting {
  readonly #session: MicroscopeSession;
  readonly #mosaic: SlideMosaic;
  readonly #changed: () => void;
  #place = '';
  #sinceMs = 0;
  #isAdded = false;

  constructor(session: MicroscopeSession, mosaic: SlideMosaic, changed: () => void) {
    this.#session = session;
    this.#mosaic = mosaic;
    this.#changed = changed;
  }

  readonly frame = (frame: FedFrame): void => {
    const { stamp } = frame;
    const { facts, telemetry } = this.#session;
    const { axes } = this.#session.picture;
    const objective = objectiveOf(facts, stamp?.objectiveId);
    if (!stamp || !axes || !objective || telemetry?.slide?.slideId !== this.#mosaic.map.slideId) return;
    const { x, y } = stamp.positionUm;
    const place = `${Math.round(x / RESTING_UM)} ${Math.round(y / RESTING_UM)} ${objective.id}`;
    const nowMs = performance.now();
    if (place !== this.#place) {
      this.#place = place;
      this.#sinceMs = nowMs;
      this.#isAdded = false;
      return;
    }
    if (this.#isAdded || nowMs - this.#sinceMs < LOOKED_AT_MS) return;
    this.#isAdded = true;
    const middleUm = placeOfSlide(stamp.positionUm, objective);
    this.#mosaic.add(frame, axes, middleUm);
    this.#mosaic.see(axes, frame, middleUm, objective.magnification);
    this.#changed();
  };
}
