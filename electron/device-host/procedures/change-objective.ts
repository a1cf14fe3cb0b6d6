import { clampTo, limitsWith, positionWithObjective } from '#shared/motion/soft-limits.ts';
import { MotionEnded } from '../engine.ts';
import type { ProcedureContext } from './context.ts';

/**
 * Away from the slide, turn, and back to where the same point is in focus with the new objective. Ended
 * early, it stays retracted: the way back is always the last thing. It is owed then, and whoever asks for
 * an objective next, be it the one in place, gets it.
 */
export async function changeObjective(context: ProcedureContext, objectiveId: number): Promise<void> {
  const { controller, configuration, startedBy, travel, untilHeld, progress, owedReturn } = context;
  const before = controller.state();
  const isOnSlide = before.positionUm.z >= limitsWith(configuration, before.objectiveId).z.minimum;
  if (isOnSlide) owedReturn.from = null;
  if (before.objectiveId === objectiveId && !owedReturn.from) return;
  const to = configuration.objectives.find(({ id }) => id === objectiveId);
  if (!to) throw new MotionEnded('failed', 'not-permitted');
  if (controller.turret.isByHand && startedBy === 'remote') throw new MotionEnded('failed', 'no-turret');
  if (isOnSlide && before.objectiveId !== null) {
    owedReturn.from = { positionUm: before.positionUm, objectiveId: before.objectiveId };
  }
  const owed = owedReturn.from;
  await travel({ z: configuration.retractedFocusUm }, { isRetracting: true });
  progress(0.3);
  await untilHeld();
  await controller.turret.turnTo(objectiveId).catch((error: unknown) => {
    throw new MotionEnded('failed', error instanceof Error ? error.message : 'device-unknown');
  });
  progress(0.6);
  // Where nobody knows what was in place, or a hand is still at the turret, it stays retracted.
  const from = configuration.objectives.find(({ id }) => id === (before.objectiveId ?? owed?.objectiveId));
  if (!from || controller.turret.isByHand) return;
  const wanted = positionWithObjective(before.positionUm, from, to);
  const limits = limitsWith(configuration, objectiveId);
  await travel({ x: clampTo(wanted.x, limits.x), y: clampTo(wanted.y, limits.y) });
  progress(0.8);
  const wasInFocusWith = configuration.objectives.find(({ id }) => id === owed?.objectiveId);
  if (!owed || !wasInFocusWith) return;
  const { z } = positionWithObjective(owed.positionUm, wasInFocusWith, to);
  await travel({ z: clampTo(z, limits.z) }, { isRetracting: true });
  owedReturn.from = null;
}
