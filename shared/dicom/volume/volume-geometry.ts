import { normalOf } from '../geometry/plane.ts';
import { dot } from '../geometry/vector.ts';
import type { Vector3 } from '../geometry/vector.ts';
import type { ImageDescription } from '../image-description.ts';
import { median, missingAfter, stepsOf } from '../series/stack-geometry.ts';

/** Parallel slices where they really are: each with its own origin, at its own depth. */
export interface VolumeGeometry {
  readonly rows: number;
  readonly columns: number;
  readonly rowSpacingMm: number;
  readonly columnSpacingMm: number;
  readonly rowDirection: Vector3;
  readonly columnDirection: Vector3;
  readonly normal: Vector3;
  /** By rising depth along the normal. */
  readonly slices: readonly VolumeSlice[];
  /** Usual distance of neighbouring slices, mm. */
  readonly spacingMm: number;
}

export interface VolumeSlice {
  /** Which image of the stack, from 0. */
  readonly index: number;
  /** Centre of the first pixel. */
  readonly originMm: Vector3;
  readonly depthMm: number;
  /** How far this slice speaks for what is before and behind it. */
  readonly reachMm: number;
  /** As acquired; the usual distance of the slices where the file does not say. */
  readonly thicknessMm: number;
  /** Slices are missing between this one and the next: nothing is known there. */
  readonly isGapBehind: boolean;
}

/**
 * @param images of one stack whose geometry allows reformatting (`StackGeometry.reformat`)
 * @throws RangeError if it does not
 */
export function volumeGeometry(images: readonly ImageDescription[]): VolumeGeometry {
  const [first] = images;
  if (!first?.plane || first.spacing.kind !== 'mm' || images.length < 2) throw new RangeError('no volume');
  const normal = normalOf(first.plane);
  const ordered = images
    .map((image, index) => {
      if (!image.plane) throw new RangeError('no volume');
      return { image, index, originMm: image.plane.positionMm, depthMm: dot(image.plane.positionMm, normal) };
    })
    .sort((a, b) => a.depthMm - b.depthMm);
  const steps = stepsOf(ordered.map(({ depthMm }) => depthMm));
  const spacingMm = median(steps);
  const gaps = missingAfter(
    ordered.map(({ image }) => image),
    steps,
  );
  return {
    rows: first.rows,
    columns: first.columns,
    rowSpacingMm: first.spacing.rowMm,
    columnSpacingMm: first.spacing.columnMm,
    rowDirection: first.plane.rowDirection,
    columnDirection: first.plane.columnDirection,
    normal,
    spacingMm,
    slices: ordered.map(({ index, originMm, depthMm, image }, at) => ({
      index,
      originMm,
      depthMm,
      reachMm: Math.max(spacingMm, image.sliceThicknessMm ?? 0) / 2,
      thicknessMm: image.sliceThicknessMm ?? spacingMm,
      isGapBehind: gaps.some((gap) => gap.index === at),
    })),
  };
}

/** The eight corners of all that the slices cover, half a slice at both ends included. */
export function cornersOfVolume(volume: VolumeGeometry): Vector3[] {
  const { rows, columns, rowSpacingMm, columnSpacingMm, rowDirection, columnDirection, normal } = volume;
  const ends = [volume.slices[0], volume.slices.at(-1)];
  return ends.flatMap((slice, end) => {
    if (!slice) return [];
    const depth = (end === 0 ? -1 : 1) * slice.reachMm;
    return [-0.5, columns - 0.5].flatMap((column) =>
      [-0.5, rows - 0.5].map((row): Vector3 => {
        const [x, y, z] = [0, 1, 2].map(
          (axis) =>
            (slice.originMm[axis] ?? 0) +
            (normal[axis] ?? 0) * depth +
            (rowDirection[axis] ?? 0) * column * columnSpacingMm +
            (columnDirection[axis] ?? 0) * row * rowSpacingMm,
        );
        return [x ?? 0, y ?? 0, z ?? 0];
      }),
    );
  });
}
