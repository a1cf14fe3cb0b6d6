import type { PointUm } from '#shared/motion/position.ts';
import type { Size } from '../view/stage-view.ts';

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** Neighbouring fields share so much, so that no gap remains where the camera sits askew. */
const OVERLAP = 0.1;

/** Centres of the fields that cover the reach of the stage, to and fro, so that no way is long. */
export function scanFields(limits: { readonly x: Range; readonly y: Range }, fieldUm: Size): PointUm[] {
  const xs = centres(limits.x, fieldUm.width);
  const ys = centres(limits.y, fieldUm.height);
  return ys.flatMap((y, row) => (row % 2 === 0 ? xs : xs.toReversed()).map((x) => ({ x, y })));
}

function centres({ minimum, maximum }: Range, fieldUm: number): number[] {
  const reach = maximum - minimum;
  const count = Math.max(1, Math.ceil((reach - fieldUm) / (fieldUm * (1 - OVERLAP))) + 1);
  if (count === 1) return [(minimum + maximum) / 2];
  // The stage does not go beyond its limits: the outermost fields look over them.
  const from = minimum + Math.min(fieldUm / 2, reach / 2);
  const to = maximum - Math.min(fieldUm / 2, reach / 2);
  return Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));
}
