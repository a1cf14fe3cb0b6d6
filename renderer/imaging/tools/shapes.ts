import { add, apply, cross, distance, dot, invert, middle, norm, subtract, times } from './plane.ts';
import type { Affine, Point } from './plane.ts';
import type { AnnotationTool } from './measure.ts';

/*
 * What each annotation is made of. Points are image pixels in this order:
 *   length         start, end
 *   bidirectional  start and end of the one axis, start and end of the one across it
 *   angle          end, vertex, end
 *   cobbAngle      start and end of one line, start and end of the other
 *   rectangle      four corners, going round
 *   ellipse        ends of one axis, ends of the other
 *   freehand       the outline; closed, the first point is not repeated
 *   probe          the point
 *   arrow          what it points at, where it comes from
 *   text           where it stands
 */

/** Turns pixel distances into proportions as they are in the patient, for pixels that are not square. */
export interface PixelAspect {
  readonly columnSpacing: number;
  readonly rowSpacing: number;
}

/** How many points a person sets until the annotation is complete; undefined for a drawn outline. */
export const anchorsNeeded: Readonly<Record<AnnotationTool, number | undefined>> = {
  length: 2,
  bidirectional: 2,
  angle: 3,
  cobbAngle: 4,
  rectangle: 2,
  ellipse: 2,
  freehand: undefined,
  probe: 1,
  arrow: 2,
  text: 1,
};

/** Annotations that mean nothing without words; the others may have a label too. */
export const needsText = (tool: AnnotationTool): boolean => tool === 'arrow' || tool === 'text';

/**
 * The points of an annotation from those a person set. Boxes stand upright on the screen, whatever
 * way the image is turned, so the map from image to screen decides about their sides.
 */
export function pointsFromAnchors(
  tool: AnnotationTool,
  anchors: readonly Point[],
  imageToScreen: Affine,
  aspect: PixelAspect,
): readonly Point[] {
  const [first, second = first] = anchors;
  if (!first || !second) return anchors;
  if (tool === 'bidirectional') {
    return [first, second, ...acrossTheMiddle(first, second, aspect)];
  }
  if (tool !== 'rectangle' && tool !== 'ellipse') return anchors;
  const screenToImage = invert({ ...imageToScreen, e: 0, f: 0 });
  if (!screenToImage) return anchors;
  const [toRight, toBottom] = subtract(apply(imageToScreen, second), apply(imageToScreen, first));
  const width = apply(screenToImage, [toRight, 0]);
  const height = apply(screenToImage, [0, toBottom]);
  if (tool === 'rectangle') return [first, add(first, width), second, add(first, height)];
  const centre = middle(first, second);
  return [
    subtract(centre, times(width, 0.5)),
    add(centre, times(width, 0.5)),
    subtract(centre, times(height, 0.5)),
    add(centre, times(height, 0.5)),
  ];
}

/** A short axis half as long as the long one, for the doctor to pull to where it belongs. */
function acrossTheMiddle(start: Point, end: Point, aspect: PixelAspect): [Point, Point] {
  const [a, b] = [toProportion(start, aspect), toProportion(end, aspect)];
  const along = subtract(b, a);
  const half: Point = [-along[1] / 4, along[0] / 4];
  const centre = middle(a, b);
  return [fromProportion(subtract(centre, half), aspect), fromProportion(add(centre, half), aspect)];
}

const toProportion = ([x, y]: Point, aspect: PixelAspect): Point => [
  x * aspect.columnSpacing,
  y * aspect.rowSpacing,
];
const fromProportion = ([x, y]: Point, aspect: PixelAspect): Point => [
  x / aspect.columnSpacing,
  y / aspect.rowSpacing,
];

/** Where the annotation can be taken hold of to change its shape; a drawn outline can only be moved. */
export function handlesOf(tool: AnnotationTool, points: readonly Point[]): readonly Point[] {
  return tool === 'freehand' ? [] : points;
}

/** The points after one handle was dragged. */
export function moveHandle(
  tool: AnnotationTool,
  points: readonly Point[],
  handle: number,
  target: Point,
  aspect: PixelAspect,
): readonly Point[] {
  const scaled = points.map((point) => toProportion(point, aspect));
  const moved = moveScaledHandle(tool, scaled, handle, toProportion(target, aspect));
  return moved.map((point) => fromProportion(point, aspect));
}

function moveScaledHandle(
  tool: AnnotationTool,
  points: readonly Point[],
  handle: number,
  target: Point,
): readonly Point[] {
  const [a, b, c, d] = points;
  if (!a || !b || !c || !d) return points.with(handle, target);
  if (tool === 'rectangle') return moveCorner([a, b, c, d], handle, target);
  if (tool === 'ellipse') return moveAxisEnd([a, b, c, d], handle, target);
  if (tool === 'bidirectional') return moveCaliper([a, b, c, d], handle, target);
  return points.with(handle, target);
}

type Four = readonly [Point, Point, Point, Point];

/** The opposite corner stays, and the sides keep their directions. */
function moveCorner(points: Four, handle: number, target: Point): readonly Point[] {
  const at = (index: number): Point => points[((index % 4) + 4) % 4] ?? target;
  const opposite = at(handle + 2);
  const u = subtract(at(handle + 1), opposite);
  const v = subtract(at(handle - 1), opposite);
  // A box drawn flat has lost one side's direction; it is at right angles to the other.
  const sideU = norm(u) > 0 ? u : turned(v);
  const sideV = norm(v) > 0 ? v : turned(u);
  const determinant = cross(sideU, sideV);
  if (determinant === 0) return points;
  const diagonal = subtract(target, opposite);
  const alongU = times(sideU, cross(diagonal, sideV) / determinant);
  const alongV = times(sideV, cross(sideU, diagonal) / determinant);
  const moved: Point[] = [...points];
  moved[handle] = target;
  moved[(handle + 1) % 4] = add(opposite, alongU);
  moved[(handle + 3) % 4] = add(opposite, alongV);
  return moved;
}

const turned = ([x, y]: Point): Point => [-y, x];

/** The other end of the axis stays; the axis keeps its direction and the one across it its length. */
function moveAxisEnd(points: Four, handle: number, target: Point): readonly Point[] {
  const isFirstAxis = handle < 2;
  const [moving, fixed] = [points[handle], points[handle ^ 1]];
  if (!moving || !fixed) return points;
  const across = isFirstAxis ? subtract(points[3], points[2]) : subtract(points[1], points[0]);
  const axis = norm(subtract(moving, fixed)) > 0 ? subtract(moving, fixed) : turned(across);
  const lengthSquared = dot(axis, axis);
  if (lengthSquared === 0) return points.with(handle, target);
  const end = add(fixed, times(axis, dot(subtract(target, fixed), axis) / lengthSquared));
  const shift = times(subtract(end, moving), 0.5);
  return points.map((point, index) => {
    if (index === handle) return end;
    return index === (handle ^ 1) ? point : add(point, shift);
  });
}

/** The second axis stays at right angles to the first and crosses it (RECIST 1.1 measures that way). */
function moveCaliper(points: Four, handle: number, target: Point): readonly Point[] {
  const [start, end, one, other] = points;
  const along = subtract(end, start);
  const length = norm(along);
  if (length === 0) return points.with(handle, target);
  const across: Point = [-along[1] / length, along[0] / length];
  const heightOf = (point: Point) => dot(subtract(point, start), across);
  if (handle >= 2) {
    const position = clamp01(dot(subtract(target, start), along) / (length * length));
    const foot = add(start, times(along, position));
    const heights = [heightOf(one), heightOf(other)].with(handle - 2, heightOf(target));
    return [start, end, ...heights.map((height) => add(foot, times(across, height)))];
  }
  const position = clamp01(dot(subtract(middle(one, other), start), along) / (length * length));
  const [newStart, newEnd] = handle === 0 ? [target, end] : [start, target];
  const newAlong = subtract(newEnd, newStart);
  const newLength = norm(newAlong);
  if (newLength === 0) return points;
  const newAcross: Point = [-newAlong[1] / newLength, newAlong[0] / newLength];
  const foot = add(newStart, times(newAlong, position));
  const shortEnds = [heightOf(one), heightOf(other)].map((height) => add(foot, times(newAcross, height)));
  return [newStart, newEnd, ...shortEnds];
}

const clamp01 = (value: number): number => Math.max(0, Math.min(1, value));

const ELLIPSE_CORNERS = 72;

/** The lines that are drawn, as chains of points. */
export function outlineOf(tool: AnnotationTool, points: readonly Point[]): readonly (readonly Point[])[] {
  const [a, b, c, d] = points;
  if (!a) return [];
  switch (tool) {
    case 'length':
    case 'arrow':
      return b ? [[a, b]] : [];
    case 'angle':
      return [points];
    case 'bidirectional':
    case 'cobbAngle':
      return [b ? [a, b] : [], c && d ? [c, d] : []].filter((path) => path.length > 0);
    case 'rectangle':
    case 'freehand':
      return [[...points, a]];
    case 'ellipse':
      return b && c && d ? [ellipseOutline([a, b, c, d])] : [];
    default:
      return [];
  }
}

function ellipseOutline([a, b, c, d]: Four): readonly Point[] {
  const centre = middle(a, b);
  const [u, v] = [subtract(b, centre), subtract(d, middle(c, d))];
  return Array.from({ length: ELLIPSE_CORNERS + 1 }, (_, index) => {
    const angle = (index / ELLIPSE_CORNERS) * 2 * Math.PI;
    return add(centre, add(times(u, Math.cos(angle)), times(v, Math.sin(angle))));
  });
}

/** Whether nothing worth keeping was drawn: a click without a drag, a region without an inside. */
export function isTooSmall(tool: AnnotationTool, pointsOnScreen: readonly Point[]): boolean {
  const [a, b, c, d] = pointsOnScreen;
  if (tool === 'probe' || tool === 'text') return !a;
  if (tool === 'freehand') return pointsOnScreen.length < 3;
  if (tool === 'rectangle') return !a || !b || !d || Math.min(distance(a, b), distance(a, d)) < 1;
  if (tool === 'ellipse') return !a || !b || !c || !d || Math.min(distance(a, b), distance(c, d)) < 1;
  return !a || !b || distance(a, b) < 1;
}
