import { bestOf, depthOfFocusUm, focusPlaces, isPastPeak, peakUm } from '#shared/motion/focus-search.ts';
import type { FocusSample } from '#shared/motion/focus-search.ts';
import type { PointUm } from '#shared/motion/position.ts';
import { clampTo, limitsWith } from '#shared/motion/soft-limits.ts';
import { MotionEnded } from '../engine.ts';
import type { ProcedureContext } from './context.ts';

const COARSE_PLACES = 9;
const COARSE_STEP_DEPTHS = 3;
const FINE_PLACES = 5;
const FINE_STEP_DEPTHS = 1;
/** Every place is approached from below, by at least this: the spindle's play never counts. */
const APPROACH_UM = 3;

interface FieldSample extends FocusSample {
  readonly isBlank: boolean;
}

/**
 * One shot: climbs through a coarse range around where focus is, once more further where the best is at its
 * end, then a fine range around the best, and ends on the top of a parabola. A blank field has no focus.
 *
 * @throws MotionEnded
 */
export async function autofocus(context: ProcedureContext, at: PointUm | null): Promise<void> {
  const { controller, configuration, travel, progress } = context;
  const objective = configuration.objectives.find(({ id }) => id === controller.state().objectiveId);
  if (!objective) throw new MotionEnded('failed', 'device-unknown');
  const limits = limitsWith(configuration, objective.id);
  if (at) await travel(at);
  const depthUm = depthOfFocusUm(objective);
  const startUm = clampTo(controller.state().positionUm.z, limits.z);
  const coarseUm = Math.min(depthUm * COARSE_STEP_DEPTHS, (limits.z.maximum - limits.z.minimum) / 8);
  const fineUm = Math.min(depthUm * FINE_STEP_DEPTHS, coarseUm / 2);
  try {
    let best = await climb(context, focusPlaces(startUm, coarseUm, COARSE_PLACES, limits.z));
    progress(0.5);
    const edgeUm = (coarseUm * (COARSE_PLACES - 1)) / 2;
    if (Math.abs(best.zUm - startUm) > edgeUm - coarseUm / 2) {
      const further = startUm + Math.sign(best.zUm - startUm) * (edgeUm + coarseUm * 3);
      const beyond = focusPlaces(further, coarseUm, COARSE_PLACES, limits.z);
      if (beyond.length > 0) best = await climb(context, beyond, [best]);
    }
    // Far out of focus a few cells look like glass: blank is only what is so where it is sharpest.
    if (best.isBlank) throw new MotionEnded('failed', 'blank-field');
    progress(0.7);
    const fine: FieldSample[] = [];
    await climb(context, focusPlaces(best.zUm, fineUm, FINE_PLACES, limits.z), fine);
    const topUm = clampTo(peakUm(fine) ?? best.zUm, limits.z);
    await approach(context, topUm);
  } catch (error) {
    // Whoever looks keeps the picture there was, as far as somebody still wants motion at all.
    if (error instanceof MotionEnded && error.outcome === 'failed') await approach(context, startUm);
    throw error;
  }
}

/** Measures at rising places until the curve has fallen again. Adds to `samples`; the best of them. */
async function climb(
  context: ProcedureContext,
  places: readonly number[],
  samples: FieldSample[] = [],
): Promise<FieldSample> {
  const mine: FocusSample[] = [];
  for (const zUm of places) {
    if (mine.length === 0) await approach(context, zUm);
    else await context.travel({ z: zUm });
    const { score, isBlank } = await context.measureFocus();
    // Where it is, not where it was sent: a move may have ended early.
    const measuredUm = context.controller.state().positionUm.z;
    mine.push({ zUm: measuredUm, score });
    samples.push({ zUm: measuredUm, score, isBlank });
    if (isPastPeak(mine)) break;
  }
  const best = bestOf(samples);
  if (!best) throw new MotionEnded('failed', 'outside-limits');
  return best;
}

async function approach({ controller, configuration, travel }: ProcedureContext, zUm: number): Promise<void> {
  const { z } = limitsWith(configuration, controller.state().objectiveId);
  const belowUm = clampTo(zUm - APPROACH_UM, z);
  if (controller.state().positionUm.z > belowUm) await travel({ z: belowUm });
  await travel({ z: zUm });
}
