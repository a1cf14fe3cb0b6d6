import { clampTo, focusLeg } from './soft-limits.ts';
import type { SoftLimits, SpeedCeilings } from './soft-limits.ts';
import { axes } from './position.ts';
import type { Axis, PositionUm } from './position.ts';

/** Where each axis goes next and how fast at most; axes that are absent come to rest. */
export type PlannedMove = Partial<Record<Axis, { readonly towardUm: number; readonly speedUmPerS: number }>>;

/** A velocity looks this far ahead; longer than any move lasts, so that nothing brakes before its time. */
const LOOK_AHEAD_S = 1;

export interface MoveBounds {
  /** No path leads beyond them. */
  readonly limits: SoftLimits;
  /** Of the objective; below it focus is retracted. */
  readonly focusRange: SoftLimits['z'];
  readonly ceilings: SpeedCeilings;
}

/** What is wanted, within limits and ceilings. Undefined where nothing is left of it. */
export function planVelocity(
  velocityUmPerS: PositionUm,
  from: PositionUm,
  { limits, focusRange, ceilings }: MoveBounds,
): PlannedMove | undefined {
  const stage = Math.hypot(velocityUmPerS.x, velocityUmPerS.y);
  const share = stage > ceilings.stageUmPerS ? ceilings.stageUmPerS / stage : 1;
  const speeds = {
    x: velocityUmPerS.x * share,
    y: velocityUmPerS.y * share,
    z: clampTo(velocityUmPerS.z, { minimum: -ceilings.focusUmPerS, maximum: ceilings.focusUmPerS }),
  };
  const planned: PlannedMove = {};
  for (const axis of axes) {
    const speed = speeds[axis];
    const towardUm = clampTo(from[axis] + speed * LOOK_AHEAD_S, limits[axis]);
    // Beyond a limit the way back is open, and only that.
    if (speed === 0 || Math.sign(towardUm - from[axis]) !== Math.sign(speed)) continue;
    planned[axis] =
      axis === 'z'
        ? capped(focusLeg(from.z, towardUm, Math.abs(speed), focusRange), Math.abs(speed))
        : { towardUm, speedUmPerS: Math.abs(speed) };
  }
  const isRest = axes.every((axis) => speeds[axis] === 0);
  return isRest || Object.keys(planned).length > 0 ? planned : undefined;
}

function capped(leg: { readonly towardUm: number; readonly speedUmPerS: number }, speedUmPerS: number) {
  return { ...leg, speedUmPerS: Math.min(leg.speedUmPerS, speedUmPerS) };
}

/** A straight way to a place on the slide, and focus in legs. The target lies within the limits. */
export function planTarget(
  target: Partial<PositionUm>,
  from: PositionUm,
  { limits, focusRange, ceilings }: MoveBounds,
): PlannedMove {
  const distance = { x: (target.x ?? from.x) - from.x, y: (target.y ?? from.y) - from.y };
  const length = Math.hypot(distance.x, distance.y);
  const planned: PlannedMove = {};
  for (const axis of ['x', 'y'] as const) {
    const to = target[axis];
    if (to === undefined || length === 0) continue;
    // Both axes arrive together; an axis that has next to nothing to do still gets there.
    const speedUmPerS = Math.max(1, (ceilings.stageUmPerS * Math.abs(distance[axis])) / length);
    planned[axis] = { towardUm: clampTo(to, limits[axis]), speedUmPerS };
  }
  if (target.z !== undefined && target.z !== from.z) {
    planned.z = focusLeg(from.z, clampTo(target.z, limits.z), ceilings.focusUmPerS, focusRange);
  }
  return planned;
}
