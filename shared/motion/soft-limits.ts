import type { MicroscopeConfiguration } from './microscope-configuration.ts';
import type { Objective } from './objective.ts';
import type { Axis, PositionUm } from './position.ts';

export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** Where every axis may be. */
export type SoftLimits = Readonly<Record<Axis, Range>>;

export interface SpeedCeilings {
  readonly stageUmPerS: number;
  readonly focusUmPerS: number;
}

/** This close to the end of the focus range, where the objective is nearest to the slide, focus is slow. */
export const SLOW_FOCUS_ZONE_UM = 40;
export const SLOW_FOCUS_UM_PER_S = 40;
/** Below the focus range of every objective in use, on the way down and back. */
export const RETRACTION_UM_PER_S = 2000;

/** Limits with an objective in place; without one, those that hold for every objective. */
export function limitsWith(configuration: MicroscopeConfiguration, objectiveId: number | null): SoftLimits {
  const chosen = objectivesFor(configuration, objectiveId);
  const z = {
    minimum: Math.max(...chosen.map(({ focusLimitsUm }) => focusLimitsUm.minimum)),
    maximum: Math.min(...chosen.map(({ focusLimitsUm }) => focusLimitsUm.maximum)),
  };
  // Ranges without a common part leave one place to go to: the lower end of the highest.
  return { ...configuration.stageLimitsUm, z: z.minimum <= z.maximum ? z : { ...z, minimum: z.maximum } };
}

/** The way down to where the turret may turn is free, besides what the objective allows. */
export function withRetraction(
  limits: SoftLimits,
  { retractedFocusUm }: MicroscopeConfiguration,
): SoftLimits {
  return { ...limits, z: { ...limits.z, minimum: Math.min(limits.z.minimum, retractedFocusUm) } };
}

export function ceilingsWith(
  configuration: MicroscopeConfiguration,
  objectiveId: number | null,
): SpeedCeilings {
  const chosen = objectivesFor(configuration, objectiveId);
  return {
    stageUmPerS: Math.min(...chosen.map(({ maximumStageSpeedUmPerS }) => maximumStageSpeedUmPerS)),
    focusUmPerS: Math.min(...chosen.map(({ maximumFocusSpeedUmPerS }) => maximumFocusSpeedUmPerS)),
  };
}

function objectivesFor({ objectives }: MicroscopeConfiguration, id: number | null): readonly Objective[] {
  const objective = objectives.find((each) => each.id === id);
  return objective ? [objective] : objectives;
}

export function clampTo(value: number, { minimum, maximum }: Range): number {
  return Math.min(maximum, Math.max(minimum, value));
}

export function isWithin(target: Partial<PositionUm>, limits: SoftLimits): boolean {
  return (['x', 'y', 'z'] as const).every((axis) => {
    const value = target[axis];
    return value === undefined || (value >= limits[axis].minimum && value <= limits[axis].maximum);
  });
}

/**
 * The next leg of a focus move. Within the range of the objective at the speed given, slowly in the zone
 * near the slide, never slow away from it. Below the range there is nothing to hit: retraction is quick.
 */
export function focusLeg(
  fromUm: number,
  toUm: number,
  speedUmPerS: number,
  { minimum, maximum }: Range,
): { readonly towardUm: number; readonly speedUmPerS: number } {
  if (toUm < minimum && toUm <= fromUm) return { towardUm: toUm, speedUmPerS: RETRACTION_UM_PER_S };
  if (toUm <= fromUm) return { towardUm: toUm, speedUmPerS };
  if (fromUm < minimum - 1) {
    return { towardUm: Math.min(toUm, minimum), speedUmPerS: RETRACTION_UM_PER_S };
  }
  const zoneUm = Math.max(minimum, maximum - SLOW_FOCUS_ZONE_UM);
  if (toUm <= zoneUm) return { towardUm: toUm, speedUmPerS };
  if (fromUm < zoneUm - 1) return { towardUm: zoneUm, speedUmPerS };
  return { towardUm: toUm, speedUmPerS: Math.min(speedUmPerS, SLOW_FOCUS_UM_PER_S) };
}

/** Where the same point of the slide is in focus with another objective. */
export function positionWithObjective(at: PositionUm, from: Objective, to: Objective): PositionUm {
  return {
    x: at.x - from.parcentricOffsetUm.x + to.parcentricOffsetUm.x,
    y: at.y - from.parcentricOffsetUm.y + to.parcentricOffsetUm.y,
    z: at.z - from.parfocalOffsetUm + to.parfocalOffsetUm,
  };
}
