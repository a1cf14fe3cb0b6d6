import type { Objective } from './objective.ts';

/** Green light, about where a brightfield microscope is sharpest. */
const WAVELENGTH_UM = 0.55;

/** What is in focus at once, µm: λ/NA², refraction of air. */
export function depthOfFocusUm({ numericalAperture }: Pick<Objective, 'numericalAperture'>): number {
  return WAVELENGTH_UM / numericalAperture ** 2;
}

export interface FocusSample {
  readonly zUm: number;
  readonly score: number;
}

/** Places around `centreUm`, rising, within the range. */
export function focusPlaces(
  centreUm: number,
  stepUm: number,
  count: number,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): number[] {
  const first = centreUm - (stepUm * (count - 1)) / 2;
  return Array.from({ length: count }, (_, index) => first + index * stepUm).filter(
    (zUm) => zUm >= minimum && zUm <= maximum,
  );
}

export function bestOf<Sample extends FocusSample>(samples: readonly Sample[]): Sample | undefined {
  return samples.reduce<Sample | undefined>(
    (best, sample) => (best && best.score >= sample.score ? best : sample),
    undefined,
  );
}

/** A curve that has clearly fallen again is not climbed any further. */
export function isPastPeak(samples: readonly FocusSample[]): boolean {
  const best = bestOf(samples);
  const last = samples.slice(-2);
  return best !== undefined && last.length === 2 && last.every(({ score }) => score < best.score * 0.6);
}

/** Rising samples of which the best has two that are clearly lower after it: what comes next adds nothing. */
export function isBracketed(samples: readonly FocusSample[]): boolean {
  const best = bestOf(samples);
  const at = best ? samples.indexOf(best) : -1;
  const after = samples.slice(at + 1);
  return (
    best !== undefined && at > 0 && after.length >= 2 && after.every(({ score }) => score < best.score * 0.95)
  );
}

/**
 * Top of a parabola through the best sample and its neighbours, on the logarithm of the scores: near the
 * focus they fall off like a bell.
 */
export function peakUm(samples: readonly FocusSample[]): number | undefined {
  const best = bestOf(samples);
  // Another look at the same place says nothing about the curve.
  const sorted = samples
    .filter((sample) => sample === best || sample.zUm !== best?.zUm)
    .toSorted((a, b) => a.zUm - b.zUm);
  const at = best ? sorted.indexOf(best) : -1;
  const [left, middle, right] = [sorted[at - 1], sorted[at], sorted[at + 1]];
  if (!left || !middle || !right) return best?.zUm;
  const [a, b, c] = [left, middle, right].map(({ score }) => Math.log(Math.max(score, Number.MIN_VALUE)));
  if (a === undefined || b === undefined || c === undefined) return middle.zUm;
  const leftUm = middle.zUm - left.zUm;
  const rightUm = right.zUm - middle.zUm;
  const curvature = (c - b) / rightUm - (b - a) / leftUm;
  if (curvature >= 0) return middle.zUm;
  const slope = ((b - a) / leftUm) * rightUm + ((c - b) / rightUm) * leftUm;
  const offset = -slope / (2 * curvature);
  return middle.zUm + Math.min(rightUm, Math.max(-leftUm, offset));
}
