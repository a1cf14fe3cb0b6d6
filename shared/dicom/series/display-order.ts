import type { ImageDescription } from '../image-description.ts';
import { normalOf } from '../geometry/plane.ts';
import { dot } from '../geometry/vector.ts';
import { SAME_POSITION_MM, isParallel } from './stack-geometry.ts';

/**
 * By position where all images have one, in the direction in which the equipment numbered them, so that
 * image numbers rise while scrolling; images at the same place by time; otherwise by number.
 */
export function inDisplayOrder(images: readonly ImageDescription[]): ImageDescription[] {
  const byNumber = [...images].sort(compareNumbers);
  const plane = byNumber[0]?.plane;
  if (!plane || !byNumber.every((image) => image.plane && isParallel(image.plane, plane))) return byNumber;
  const normal = normalOf(plane);
  const positionOf = (image: ImageDescription) => (image.plane ? dot(image.plane.positionMm, normal) : 0);
  const direction = trend(byNumber.map(positionOf)) < 0 ? -1 : 1;
  return byNumber.sort((a, b) => {
    const difference = positionOf(a) - positionOf(b);
    return Math.abs(difference) >= SAME_POSITION_MM ? direction * difference : compareTimes(a, b);
  });
}

export function compareNumbers(a: ImageDescription, b: ImageDescription): number {
  return (
    (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) ||
    a.frameNumber - b.frameNumber ||
    (a.sopUid < b.sopUid ? -1 : Number(a.sopUid > b.sopUid))
  );
}

export function compareTimes(a: ImageDescription, b: ImageDescription): number {
  return (
    (a.temporalPosition?.index ?? 0) - (b.temporalPosition?.index ?? 0) ||
    (a.cardiac?.triggerTimeMs ?? 0) - (b.cardiac?.triggerTimeMs ?? 0) ||
    (a.cardiac?.phasePercent ?? 0) - (b.cardiac?.phasePercent ?? 0) ||
    (a.acquiredAtMs ?? 0) - (b.acquiredAtMs ?? 0) ||
    compareNumbers(a, b)
  );
}

/** Sign of the slope of values over their indices. */
function trend(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  return values.reduce((sum, value, index) => sum + value * (index - middle), 0);
}
