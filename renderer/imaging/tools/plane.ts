/** Arithmetic on the image plane. Points are image pixels: column, row; 0, 0 is the centre of the first pixel. */

export type Point = readonly [number, number];

/** Maps one plane to another: x' = a·x + c·y + e, y' = b·x + d·y + f (the order of SVG and CSS). */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export function apply({ a, b, c, d, e, f }: Affine, [x, y]: Point): Point {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** Undefined where the map flattens the plane and cannot be undone. */
export function invert({ a, b, c, d, e, f }: Affine): Affine | undefined {
  const determinant = a * d - b * c;
  if (!Number.isFinite(1 / determinant)) return undefined;
  return {
    a: d / determinant,
    b: -b / determinant,
    c: -c / determinant,
    d: a / determinant,
    e: (c * f - d * e) / determinant,
    f: (b * e - a * f) / determinant,
  };
}

export const add = ([ax, ay]: Point, [bx, by]: Point): Point => [ax + bx, ay + by];
export const subtract = ([ax, ay]: Point, [bx, by]: Point): Point => [ax - bx, ay - by];
export const times = ([x, y]: Point, factor: number): Point => [x * factor, y * factor];
export const dot = ([ax, ay]: Point, [bx, by]: Point): number => ax * bx + ay * by;
export const cross = ([ax, ay]: Point, [bx, by]: Point): number => ax * by - ay * bx;
export const norm = ([x, y]: Point): number => Math.hypot(x, y);
export const distance = (a: Point, b: Point): number => norm(subtract(a, b));
export const middle = (a: Point, b: Point): Point => times(add(a, b), 0.5);

/** Distance of a point from a line between two others. */
export function distanceToSegment(point: Point, start: Point, end: Point): number {
  const along = subtract(end, start);
  const lengthSquared = dot(along, along);
  if (lengthSquared === 0) return distance(point, start);
  const fraction = Math.max(0, Math.min(1, dot(subtract(point, start), along) / lengthSquared));
  return distance(point, add(start, times(along, fraction)));
}

/** Distance of a point from a chain of lines. */
export function distanceToPath(point: Point, path: readonly Point[]): number {
  let nearest = Infinity;
  for (let index = 1; index < path.length; index++) {
    const [start, end] = [path[index - 1], path[index]];
    if (start && end) nearest = Math.min(nearest, distanceToSegment(point, start, end));
  }
  return nearest;
}

/** Twice the area enclosed, positive or negative by direction: the shoelace formula. */
export function twiceSignedArea(polygon: readonly Point[]): number {
  let sum = 0;
  polygon.forEach((point, index) => {
    sum += cross(polygon.at(index - 1) ?? point, point);
  });
  return sum;
}
