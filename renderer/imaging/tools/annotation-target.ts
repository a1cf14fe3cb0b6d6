import type { ImageTarget } from '#shared/contract/viewing.ts';
import type { AnnotationGeometry, Slab } from '#shared/domain/annotation.ts';
import { normalOf, pixelToWorldMm, worldMmToPixel } from '#shared/dicom/geometry/plane.ts';
import { dot } from '#shared/dicom/geometry/vector.ts';
import type { ImageStack, StackImage } from '../image-stack.ts';
import { gridOf } from '../view/image-grid.ts';
import type { Point } from './plane.ts';

/** What an annotation drawn on this image is kept with, so that it is found again. */
export function targetOf(stack: ImageStack, image: StackImage, slab: Slab | null): ImageTarget {
  const { description } = image;
  const { sopUid, frameNumber, plane, frameOfReferenceUid } = description;
  if (stack.kind !== 'reformat' || !plane) {
    return { kind: 'frame', seriesUid: stack.seriesUid, sopUid, frameNumber, slab };
  }
  const [nx, ny, nz] = normalOf(plane);
  const [px, py, pz] = plane.positionMm;
  return {
    kind: 'plane',
    seriesUid: stack.seriesUid,
    sopUid,
    frameOfReferenceUid,
    normal: [nx, ny, nz],
    pointMm: [px, py, pz],
    slab,
  };
}

/** Positions in the patient only where the image has them. */
export function geometryOf(
  image: StackImage,
  points: readonly Point[],
  textAt: Point | null,
): AnnotationGeometry {
  const { description } = image;
  const grid = gridOf(description);
  return {
    pointsMm: description.plane
      ? points.map(([column, row]) => {
          const [x, y, z] = pixelToWorldMm(grid, column, row);
          return [x, y, z];
        })
      : null,
    pointsPixel: points.map(([column, row]) => [column, row]),
    textPixel: textAt && [textAt[0], textAt[1]],
  };
}

/** Cosine of about half a degree. */
const SAME_DIRECTION = 0.99996;
/** Planes of a reformat lie further apart than twice this. */
const SAME_PLANE_MM = 0.05;

/** The points of an annotation in pixels of an image, or undefined if it does not belong there. */
export function pointsOnImage(
  target: ImageTarget,
  { pointsMm, pointsPixel, textPixel }: AnnotationGeometry,
  stack: ImageStack,
  image: StackImage,
): { points: readonly Point[]; textAt: Point | null } | undefined {
  const { description } = image;
  if (target.seriesUid !== stack.seriesUid) return undefined;
  if (target.kind === 'frame') {
    const isHere =
      stack.kind !== 'reformat' &&
      target.sopUid === description.sopUid &&
      target.frameNumber === description.frameNumber;
    return isHere ? { points: pointsPixel, textAt: textPixel } : undefined;
  }
  const { plane } = description;
  if (stack.kind !== 'reformat' || !plane || !pointsMm) return undefined;
  if (Math.abs(dot(normalOf(plane), target.normal)) < SAME_DIRECTION) return undefined;
  const grid = gridOf(description);
  if (Math.abs(worldMmToPixel(grid, target.pointMm).distanceMm) > SAME_PLANE_MM) return undefined;
  const points = pointsMm.map((pointMm): Point => {
    const { column, row } = worldMmToPixel(grid, pointMm);
    return [column, row];
  });
  const [first] = points;
  const [firstPixel] = pointsPixel;
  // The pixel grid may begin elsewhere than when the text was moved.
  const textAt: Point | null =
    textPixel && first && firstPixel
      ? [textPixel[0] + first[0] - firstPixel[0], textPixel[1] + first[1] - firstPixel[1]]
      : null;
  return { points, textAt };
}

/** The image of a stack an annotation belongs to, for jumping there. */
export function indexOfTarget(target: ImageTarget, geometry: AnnotationGeometry, stack: ImageStack): number {
  return stack.images.findIndex((image) => pointsOnImage(target, geometry, stack, image) !== undefined);
}
