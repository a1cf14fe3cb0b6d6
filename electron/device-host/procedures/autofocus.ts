import { bestOf, depthOfFocusUm, focusPlaces, isBracketed, peakUm } from '#shared/motion/focus-search.ts';
import type { PointUm } from '#shared/motion/position.ts';
import { clampTo, limitsWith } from '#shared/motion/soft-limits.ts';
import type { Range } from '#shared/motion/soft-limits.ts';
import { MotionEnded } from '../engine.ts';
import type { ProcedureContext } from './context.ts';
import { sweep } from './focus-sweep.ts';
import type { FieldSample } from './focus-sweep.ts';

/** Half the coarse range, and how close its frames are, in depths of focus. */
const COARSE_REACH_DEPTHS = 12;
const COARSE_STEP_DEPTHS = 3;
const FINE_PLACES = 4;
const FINE_STEP_DEPTHS = 1;
/** Beside the fine range, where focus lies there. */
const MOST_MORE_PLACES = 8;
/** Every place is approached from below, by at least this: the spindle's play never counts. */
const APPROACH_UM = 3;

/**
 * One shot: climbs through a coarse range around where focus is without stopping, once more further where the best
 * is at its end, then stops at a few places around the best, and ends on the top of a parabola. A blank field has
 * no focus.
 *
 * @throws MotionEnded
 */
export async function autofocus(context: ProcedureContext, at: PointUm | null): Promise<void> {
  const { controller, configuration, travel, progress } = context;
  const objective = configuration.objectives.find(({ id }) => id === controller.state().objectiveId);
  if (!objective) throw new MotionEnded('failed', 'device-unknown');
  const { z: limits } = limitsWith(configuration, objective.id);
  if (at) await travel(at);
  const depthUm = depthOfFocusUm(objective);
  const startUm = clampTo(controller.state().positionUm.z, limits);
  const reachUm = Math.min(depthUm * COARSE_REACH_DEPTHS, (limits.maximum - limits.minimum) / 2);
  const stepUm = (reachUm * COARSE_STEP_DEPTHS) / COARSE_REACH_DEPTHS;
  const fineUm = Math.min(depthUm * FINE_STEP_DEPTHS, stepUm / 2);
  const climb = (centreUm: number) => climbAround(context, centreUm, reachUm, stepUm, limits);
  try {
    let coarse = await climb(startUm);
    progress(0.4);
    const way = highest(coarse).zUm - startUm;
    if (Math.abs(way) > reachUm - stepUm) {
      const further = startUm + Math.sign(way) * (2 * reachUm - stepUm);
      if (further - reachUm < limits.maximum && further + reachUm > limits.minimum) {
        coarse = [...coarse, ...(await climb(further))];
      }
    }
    const best = highest(coarse);
    // Far out of focus a few cells look like glass: blank is only what is so where it is sharpest.
    if (best.isBlank) throw new MotionEnded('failed', 'blank-field');
    progress(0.6);
    const fine = await stepsAround(context, clampTo(peakUm(coarse) ?? best.zUm, limits), fineUm, limits);
    await approach(context, clampTo(peakUm(fine) ?? best.zUm, limits));
  } catch (error) {
    // Whoever looks keeps the picture there was, as far as somebody still wants motion at all.
    if (error instanceof MotionEnded && error.outcome === 'failed') await approach(context, startUm);
    throw error;
  }
}

async function climbAround(
  context: ProcedureContext,
  centreUm: number,
  reachUm: number,
  stepUm: number,
  limits: Range,
): Promise<FieldSample[]> {
  await context.travel({ z: clampTo(centreUm - reachUm, limits) });
  return sweep(context, clampTo(centreUm + reachUm, limits), stepUm);
}

/**
 * Measures at rest at rising places. A sweep may tell where focus is a little early or late: goes on until the best
 * lies between others.
 */
async function stepsAround(
  context: ProcedureContext,
  centreUm: number,
  stepUm: number,
  limits: Range,
): Promise<FieldSample[]> {
  const samples: FieldSample[] = [];
  const measureAt = async (zUm: number, go: (zUm: number) => Promise<void>) => {
    await go(zUm);
    const { score, isBlank } = await context.measureFocus();
    // Where it is, not where it was sent: a move may have ended early.
    const sample = { zUm: context.controller.state().positionUm.z, score, isBlank };
    samples.push(sample);
    return sample;
  };
  const up = (zUm: number) => context.travel({ z: zUm });
  const fromBelow = (zUm: number) => approach(context, zUm);
  for (const zUm of focusPlaces(centreUm, stepUm, FINE_PLACES, limits)) {
    await measureAt(zUm, samples.length === 0 ? fromBelow : up);
    if (isBracketed(samples)) break;
  }
  for (let more = 0; more < MOST_MORE_PLACES; more += 1) {
    const zsUm = samples.map(({ zUm }) => zUm);
    const [lowest, uppermost] = [Math.min(...zsUm), Math.max(...zsUm)];
    const best = highest(samples);
    const isAtTop = best.zUm === uppermost;
    if (!isAtTop && best.zUm !== lowest) break;
    const zUm = isAtTop ? uppermost + stepUm : lowest - stepUm;
    if (zUm > limits.maximum || zUm < limits.minimum) break;
    await measureAt(zUm, isAtTop ? up : fromBelow);
  }
  return samples;
}

function highest(samples: readonly FieldSample[]): FieldSample {
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
