import { clampTo, limitsWith, positionWithObjective } from '#shared/motion/soft-limits.ts';
import { MotionEnded } from '../engine.ts';
import type { ProcedureContext } from './context.ts';

/**
 * Away from the slide, turn, and back to where the same point is in focus with the new objective. Ended
 * early, it stays retracted: the way back is always the last thing.
 */
export async function changeObjective(
  { controller, configuration, startedBy, travel, untilHeld, progress }: ProcedureContext,
  objectiveId: number,
): Promise<void> {
  const before = controller.state();
  if (before.objectiveId === objectiveId) return;
  const from = configuration.objectives.find(({ id }) => id === before.objectiveId);
  const to = configuration.objectives.find(({ id }) => id === objectiveId);
  if (!to) throw new MotionEnded('failed', 'not-permitted');
  if (controller.turret.isByHand && startedBy === 'remote') throw new MotionEnded('failed', 'no-turret');
  await travel({ z: configuration.retractedFocusUm }, { isRetracting: true });
  progress(0.3);
  await untilHeld();
  await controller.turret.turnTo(objectiveId).catch((error: unknown) => {
    throw new MotionEnded('failed', error instanceof Error ? error.message : 'device-unknown');
  });
  progress(0.6);
  // Where nobody knows what was in place, or a hand is still at the turret, it stays retracted.
  if (!from || controller.turret.isByHand) return;
  const wanted = positionWithObjective(before.positionUm, from, to);
  const limits = limitsWith(configuration, objectiveId);
  await travel({ x: clampTo(wanted.x, limits.x), y: clampTo(wanted.y, limits.y) });
  progress(0.8);
  if (before.positionUm.z >= limitsWith(configuration, from.id).z.minimum) {
    await travel({ z: clampTo(wanted.z, limits.z) }, { isRetracting: true });
  }
}
