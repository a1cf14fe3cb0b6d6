import type { Mark } from '#shared/link/talk.ts';
import type { PointUm } from '#shared/motion/position.ts';
import { lengthText } from './scale-bar.ts';

/** Along the points, µm. */
export function pathLengthUm(points: readonly PointUm[]): number {
  let length = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [from, to] = [points[index - 1], points[index]];
    if (from && to) length += Math.hypot(to.x - from.x, to.y - from.y);
  }
  return length;
}

/** What stands beside a mark. */
export function markText({ kind, pointsUm, text }: Pick<Mark, 'kind' | 'pointsUm' | 'text'>): string {
  return kind === 'length' ? lengthText(pathLengthUm(pointsUm)) : text;
}

/** Freehand lines arrive with hundreds of points a second; those nearer than `apartUm` to the last kept one go. */
export function thinned(points: readonly PointUm[], apartUm: number, most = 500): PointUm[] {
  const kept: PointUm[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (!last || Math.hypot(point.x - last.x, point.y - last.y) >= apartUm) kept.push(point);
  }
  const end = points.at(-1);
  if (end && kept.length > 0 && kept.at(-1) !== end) kept.push(end);
  return kept.length <= most ? kept : thinned(kept, apartUm * 2, most);
}

/** Whether a click at `atUm` means this mark. */
export function isNear(mark: Pick<Mark, 'pointsUm'>, atUm: PointUm, withinUm: number): boolean {
  const { pointsUm } = mark;
  const [first] = pointsUm;
  if (pointsUm.length === 1 && first) return Math.hypot(first.x - atUm.x, first.y - atUm.y) <= withinUm;
  for (let index = 1; index < pointsUm.length; index += 1) {
    const [from, to] = [pointsUm[index - 1], pointsUm[index]];
    if (from && to && distanceToLine(from, to, atUm) <= withinUm) return true;
  }
  return false;
}

function distanceToLine(from: PointUm, to: PointUm, point: PointUm): number {
  const along = { x: to.x - from.x, y: to.y - from.y };
  const squared = along.x ** 2 + along.y ** 2;
  const part =
    squared === 0
      ? 0
      : Math.max(0, Math.min(1, ((point.x - from.x) * along.x + (point.y - from.y) * along.y) / squared));
  return Math.hypot(from.x + along.x * part - point.x, from.y + along.y * part - point.y);
}
