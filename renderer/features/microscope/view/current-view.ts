import type { StillFacts } from '#shared/link/talk.ts';
import type { PointUm } from '#shared/motion/position.ts';
import { objectiveOf, placeOfSlide } from '../session/microscope-facts.ts';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { fitScale } from './stage-view.ts';
import type { Size, StageView } from './stage-view.ts';

export interface OnScreen {
  readonly screen: Size;
  /** Of the live picture; undefined before the first. */
  readonly frame: Size | undefined;
  /** What is shown instead of it. */
  readonly still: StillFacts | undefined;
  /** Where the stage is or will be seen; undefined before the first frame. */
  readonly stageUm: PointUm | undefined;
}

/** The window onto the slide as it is now; undefined while nothing is known of it. */
export function currentView(session: MicroscopeSession, on: OnScreen): StageView | undefined {
  const { zoom } = session.model.getState();
  const { screen, frame, still } = on;
  if (still) {
    const objective = objectiveOf(session.facts, still.objectiveId);
    const size = { width: still.widthPixels, height: still.heightPixels };
    if (objective) {
      const { rotationDeg, isMirrored } = objective;
      return {
        axes: { micrometresPerPixel: still.micrometresPerPixel, rotationDeg, isMirrored },
        screen,
        scale: fitScale(size, screen) * zoom,
        centreUm: placeOfSlide(still.positionUm, still),
      };
    }
  }
  const { axes, stamp, objective } = session.picture;
  const stageUm = on.stageUm ?? stamp?.positionUm ?? session.telemetry?.positionUm;
  if (!axes || !frame || !stageUm) return undefined;
  const centreUm = placeOfSlide(stageUm, objective);
  return { axes, screen, scale: fitScale(frame, screen) * zoom, centreUm };
}
