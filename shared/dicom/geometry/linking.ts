import { centreOf, cornersOf, normalOf, worldMmToPixel } from './plane.ts';
import type { ImageGrid, ImagePlane } from './plane.ts';
import { angleDeg, dot, subtract } from './vector.ts';
import type { Vector3 } from './vector.ts';

export interface NearestImage {
  readonly index: number;
  /** From the point to that image's plane, always positive. */
  readonly distanceMm: number;
}

/** The image whose plane is nearest to a point of the same frame of reference; images without a place never are. */
export function nearestImage(
  planes: readonly (ImagePlane | undefined)[],
  pointMm: Vector3,
): NearestImage | undefined {
  let nearest: NearestImage | undefined;
  planes.forEach((plane, index) => {
    if (!plane) return;
    const distanceMm = Math.abs(dot(subtract(pointMm, plane.positionMm), normalOf(plane)));
    if (!nearest || distanceMm < nearest.distanceMm - 1e-9) nearest = { index, distanceMm };
  });
  return nearest;
}

/** Slices of two stacks count as parallel, and are scrolled together, up to this angle. */
const LINKED_DEG = 20;

export function areParallel(a: ImagePlane, b: ImagePlane): boolean {
  const angle = angleDeg(normalOf(a), normalOf(b));
  return Math.min(angle, 180 - angle) <= LINKED_DEG;
}

/**
 * How far (mm, along `to`'s normal) one stack lies from another in the doctor's eyes, when the two images
 * are declared to show the same place. Between different frames of reference this is all that is known.
 */
export function linkOffsetMm(from: ImageGrid, to: ImageGrid): number {
  const normal = normalOf(to);
  return dot(centreOf(to), normal) - dot(centreOf(from), normal);
}

/**
 * The image of another stack at the place of `from`: by position within one frame of reference
 * (`offsetMm` 0), shifted by a fixed offset between two. Undefined if the stacks are not parallel or
 * the place lies further outside the other stack than its slices reach.
 */
export function linkedIndex(
  from: ImageGrid,
  planes: readonly (ImageGrid | undefined)[],
  offsetMm: number,
): number | undefined {
  const first = planes.find((plane) => plane !== undefined);
  if (!first || !areParallel(from, first)) return undefined;
  const normal = normalOf(first);
  const wanted = dot(centreOf(from), normal) + offsetMm;
  let best: NearestImage | undefined;
  planes.forEach((plane, index) => {
    if (!plane) return;
    const distanceMm = Math.abs(dot(centreOf(plane), normal) - wanted);
    if (!best || distanceMm < best.distanceMm - 1e-9) best = { index, distanceMm };
  });
  return best && best.distanceMm <= reachMm(planes, normal) ? best.index : undefined;
}

/** Half of the largest step between slices, and a little more at the ends of a stack. */
function reachMm(planes: readonly (ImageGrid | undefined)[], normal: Vector3): number {
  const depths = planes
    .flatMap((plane) => (plane ? [dot(centreOf(plane), normal)] : []))
    .sort((a, b) => a - b);
  const steps = depths.slice(1).map((depth, index) => depth - (depths[index] ?? depth));
  return Math.max(1, ...steps) + 1e-6;
}

/** Where a point of the patient lies on an image, in pixels, if the image has it in its plane. */
export interface PointOnImage {
  readonly column: number;
  readonly row: number;
  /** From the point to the image's plane, along its normal. */
  readonly distanceMm: number;
  readonly isInside: boolean;
}

export function pointOnImage(grid: ImageGrid, pointMm: Vector3): PointOnImage {
  const { column, row, distanceMm } = worldMmToPixel(grid, pointMm);
  const isInside = column >= -0.5 && row >= -0.5 && column <= grid.columns - 0.5 && row <= grid.rows - 0.5;
  return { column, row, distanceMm, isInside };
}

/** Ends of a line in pixels of the image it is drawn on. */
export type PixelLine = readonly [PixelPoint, PixelPoint];

export interface PixelPoint {
  readonly column: number;
  readonly row: number;
}

/** Planes closer than this to parallel do not meet anywhere useful. */
const SMALLEST_ANGLE_DEG = 3;

/** Where another image cuts through this one, as long as that other image reaches; undefined if it does not. */
export function referenceLine(on: ImageGrid, other: ImageGrid): PixelLine | undefined {
  const angle = angleDeg(normalOf(on), normalOf(other));
  if (Math.min(angle, 180 - angle) < SMALLEST_ANGLE_DEG) return undefined;
  const corners = cornersOf(other).map((corner) => worldMmToPixel(on, corner));
  const crossings: PixelPoint[] = [];
  corners.forEach((start, index) => {
    const end = corners[(index + 1) % corners.length];
    if (!end || start.distanceMm === end.distanceMm) return;
    const part = start.distanceMm / (start.distanceMm - end.distanceMm);
    // The end of one edge is the start of the next: count it once.
    if (part < 0 || part >= 1) return;
    crossings.push({
      column: start.column + (end.column - start.column) * part,
      row: start.row + (end.row - start.row) * part,
    });
  });
  const [first, second] = crossings;
  return first && second ? [first, second] : undefined;
}

/** A scale to draw: `lengthMm` is 1, 2 or 5 times a power of ten, at most `maximumPixels` long. */
export function rulerLength(
  cssPixelsPerMm: number,
  maximumPixels: number,
): { lengthMm: number; pixels: number } | undefined {
  const longestMm = maximumPixels / cssPixelsPerMm;
  if (!(longestMm > 0) || !Number.isFinite(longestMm)) return undefined;
  const power = 10 ** Math.floor(Math.log10(longestMm));
  const lengthMm =
    [5, 2, 1].map((digit) => digit * power).find((length) => length <= longestMm * (1 + 1e-9)) ?? power;
  return { lengthMm, pixels: lengthMm * cssPixelsPerMm };
}
