import { depthOfFocusUm } from './focus-search.ts';
import type { Objective } from './objective.ts';
import type { Range } from './soft-limits.ts';

/** Slides and cover slips differ in thickness, and no slide lies level. */
const LEAST_ROOM_UM = 60;
/** Autofocus searches this many depths around where it starts. */
const SEARCHED_DEPTHS = 20;

/**
 * Limits around where a test slide was in focus: room above it for other slides and for autofocus, twice as much
 * below, where nothing can be hit. Never wider than they are: only a person widens them, in the calibration.
 */
export function limitsAroundFocus(
  objective: Pick<Objective, 'numericalAperture' | 'focusLimitsUm'>,
  focusUm: number,
): Range {
  const roomUm = Math.max(LEAST_ROOM_UM, SEARCHED_DEPTHS * depthOfFocusUm(objective));
  const { minimum, maximum } = objective.focusLimitsUm;
  return {
    minimum: Math.max(minimum, focusUm - 2 * roomUm),
    maximum: Math.min(maximum, focusUm + roomUm),
  };
}

/** Whether limits that were measured may take the place of the present ones. */
export function areLimitsTighter(limits: Range, focusUm: number, present: Range): boolean {
  return (
    limits.minimum >= present.minimum &&
    limits.maximum <= present.maximum &&
    limits.minimum < focusUm &&
    focusUm < limits.maximum
  );
}
