import { isPastPeak } from '#shared/motion/focus-search.ts';
import type { FocusSample } from '#shared/motion/focus-search.ts';
import type { ProcedureContext } from './context.ts';

export interface FieldSample extends FocusSample {
  readonly isBlank: boolean;
}

/** Between two measurements; the speed follows from how long the first one took, within these. */
const QUICKEST_MS = 30;
const SLOWEST_MS = 250;

/**
 * Climbs without stopping while frames are scored as they come, about one every `stepUm`, until the curve has
 * fallen again. Each score belongs to where the focus was when its frame was exposed.
 *
 * @returns in rising order; the first is at rest where the climb begins
 * @throws MotionEnded
 */
export async function sweep(context: ProcedureContext, toUm: number, stepUm: number): Promise<FieldSample[]> {
  const { measureFocus, travel } = context;
  const samples: FieldSample[] = [];
  const measure = async () => {
    const { focusUm, score, isBlank } = await measureFocus();
    samples.push({ zUm: focusUm, score, isBlank });
  };
  const beganMs = performance.now();
  await measure();
  const intervalMs = Math.min(SLOWEST_MS, Math.max(QUICKEST_MS, performance.now() - beganMs));
  const focusUmPerS = (stepUm / intervalMs) * 1000;
  const arrival = new AbortController();
  const way = travel({ z: toUm }, { focusUmPerS, isEnough: () => isPastPeak(samples) }).finally(() => {
    arrival.abort();
  });
  const measuring = async () => {
    while (!arrival.signal.aborted) await measure();
    await measure();
  };
  await Promise.all([way, measuring()]);
  return samples;
}
