import { MAXIMUM_ROUND_TRIP_MS, WARNING_ROUND_TRIP_MS } from '#shared/motion/limits-of-time.ts';

export interface SpeedSituation {
  /** Width of what is seen, µm. */
  readonly fieldOfViewUm: number;
  readonly magnification: number;
  /** Null while it has not been measured. */
  readonly roundTripMs: number | null;
  /** What the device host allows with this objective, µm/s. */
  readonly ceilingUmPerS: number;
}

/** From this magnification on, one field of view in a second is the most the eye follows. */
const HIGH_POWER = 20;
const FIELDS_PER_SECOND_LOW_POWER = 1.5;

/**
 * How fast a fully pushed key or stick moves the stage, µm/s. In fields of view, because that is what the eye
 * sees; over a slow link less, because the hand runs ahead of the picture by speed × round trip.
 */
export function stageSpeedUmPerS(situation: SpeedSituation): number {
  const { fieldOfViewUm, magnification, roundTripMs, ceilingUmPerS } = situation;
  const fieldsPerSecond = magnification >= HIGH_POWER ? 1 : FIELDS_PER_SECOND_LOW_POWER;
  return Math.min(fieldOfViewUm * fieldsPerSecond * latencyFactor(roundTripMs), ceilingUmPerS);
}

/** 1 up to 100 ms, 0.5 at the warning, 0.25 where velocity ends. */
export function latencyFactor(roundTripMs: number | null): number {
  const known = roundTripMs ?? WARNING_ROUND_TRIP_MS;
  if (known <= 100) return 1;
  if (known <= WARNING_ROUND_TRIP_MS) return 1 - (0.5 * (known - 100)) / (WARNING_ROUND_TRIP_MS - 100);
  const beyond = (known - WARNING_ROUND_TRIP_MS) / (MAXIMUM_ROUND_TRIP_MS - WARNING_ROUND_TRIP_MS);
  return Math.max(0.25, 0.5 - 0.25 * beyond);
}

/** Depth of focus in air at 550 nm, µm: what one notch of fine focus should be about. */
export function depthOfFocusUm(numericalAperture: number): number {
  return 0.55 / numericalAperture ** 2;
}

/** One notch of the wheel, µm: about two depths of focus, a quarter of one when fine. */
export function focusStepUm(numericalAperture: number, isFine: boolean): number {
  const depth = depthOfFocusUm(numericalAperture);
  return Math.max(0.1, roundTo(isFine ? depth / 4 : depth * 2, 0.1));
}

/** Focus speed of a fully pushed stick or key, µm/s. */
export function focusSpeedUmPerS(numericalAperture: number, ceilingUmPerS: number, isFine: boolean): number {
  return Math.min(depthOfFocusUm(numericalAperture) * (isFine ? 2 : 10), ceilingUmPerS);
}

function roundTo(value: number, step: number): number {
  return Math.round(value / step) * step;
}
