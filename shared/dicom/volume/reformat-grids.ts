import type { PlaneName } from '../geometry/orientation.ts';
import type { ImageGrid } from '../geometry/plane.ts';
import { along, dot } from '../geometry/vector.ts';
import type { Vector3 } from '../geometry/vector.ts';
import { cornersOfVolume } from './volume-geometry.ts';
import type { VolumeGeometry } from './volume-geometry.ts';

/** Screen directions of the three planes as radiologists look at them: from the feet, from the front, from the left. */
const screens: Readonly<Record<PlaneName, { right: Vector3; down: Vector3; forward: Vector3 }>> = {
  axial: { right: [1, 0, 0], down: [0, 1, 0], forward: [0, 0, -1] },
  coronal: { right: [1, 0, 0], down: [0, 0, -1], forward: [0, 1, 0] },
  sagittal: { right: [0, 1, 0], down: [0, 0, -1], forward: [1, 0, 0] },
};

/** Larger planes would cost more than a screen can show. */
const LARGEST_MATRIX = 1024;

export interface ReformatGrids {
  readonly grids: readonly ImageGrid[];
  /** Between neighbouring planes. */
  readonly stepMm: number;
}

/**
 * Planes through all of the volume, in the order in which they are scrolled: head to feet, front to back,
 * right to left. Pixels are square; a plane along the slices lies on the slices themselves.
 */
export function reformatGrids(volume: VolumeGeometry, plane: PlaneName): ReformatGrids {
  const { right, down, forward } = screens[plane];
  const corners = cornersOfVolume(volume);
  const across = extent(corners, right);
  const downwards = extent(corners, down);
  const depth = extent(corners, forward);
  const finest = Math.min(volume.rowSpacingMm, volume.columnSpacingMm);
  const largest = Math.max(across.length, downwards.length);
  const pixelMm = Math.max(finest, largest / LARGEST_MATRIX);
  const stepMm = stepAlong(volume, forward);
  const columns = Math.max(1, Math.round(across.length / pixelMm));
  const rows = Math.max(1, Math.round(downwards.length / pixelMm));
  const count = Math.max(1, Math.round(depth.length / stepMm));
  // Centred, so that half a pixel too many or too few is shared by both sides.
  const start = (span: Span, parts: number, size: number) => (span.from + span.to - (parts - 1) * size) / 2;
  const origin = sum([
    [right, start(across, columns, pixelMm)],
    [down, start(downwards, rows, pixelMm)],
    [forward, onSlices(volume, forward, start(depth, count, stepMm))],
  ]);
  const grids = Array.from({ length: count }, (_, index): ImageGrid => ({
    positionMm: along(origin, forward, index * stepMm),
    rowDirection: right,
    columnDirection: down,
    rows,
    columns,
    rowSpacingMm: pixelMm,
    columnSpacingMm: pixelMm,
  }));
  return { grids, stepMm };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

function extent(corners: readonly Vector3[], direction: Vector3): Span {
  const values = corners.map((corner) => dot(corner, direction));
  const from = Math.min(...values);
  const to = Math.max(...values);
  return { from, to, length: to - from };
}

/** The volume's own sampling distance in its axis nearest to the direction. */
function stepAlong(volume: VolumeGeometry, direction: Vector3): number {
  const axes = [
    { along: Math.abs(dot(volume.normal, direction)), stepMm: volume.spacingMm },
    { along: Math.abs(dot(volume.rowDirection, direction)), stepMm: volume.columnSpacingMm },
    { along: Math.abs(dot(volume.columnDirection, direction)), stepMm: volume.rowSpacingMm },
  ];
  return axes.reduce((best, axis) => (axis.along > best.along ? axis : best)).stepMm;
}

const PARALLEL = 1 - 1e-6;

/** Moves the first plane onto a slice where planes and slices are parallel: then values are not resampled at all. */
function onSlices(volume: VolumeGeometry, forward: Vector3, start: number): number {
  const cosine = dot(volume.normal, forward);
  if (Math.abs(cosine) < PARALLEL) return start;
  const positions = volume.slices.map((slice) => dot(slice.originMm, forward));
  return positions.reduce((nearest, position) =>
    Math.abs(position - start) < Math.abs(nearest - start) ? position : nearest,
  );
}

function sum(parts: readonly (readonly [Vector3, number])[]): Vector3 {
  return parts.reduce<Vector3>(
    (total, [direction, distance]) => along(total, direction, distance),
    [0, 0, 0],
  );
}
