import { add, along, cross, dot, scale, subtract, unit } from './vector.ts';
import type { Vector3 } from './vector.ts';

/** Where one image lies in the patient; PS3.3 section C.7.6.2. */
export interface ImagePlane {
  /** Centre of the first pixel, mm. */
  readonly positionMm: Vector3;
  /** Unit vector towards higher column indices (along a row). */
  readonly rowDirection: Vector3;
  /** Unit vector towards higher row indices (down a column). */
  readonly columnDirection: Vector3;
}

/** A plane with its grid: `rowSpacingMm` lies between rows, `columnSpacingMm` between columns. */
export interface ImageGrid extends ImagePlane {
  readonly rows: number;
  readonly columns: number;
  readonly rowSpacingMm: number;
  readonly columnSpacingMm: number;
}

/** How far the two directions may be from perpendicular before the header is not believed. */
const MAXIMUM_SKEW = 0.01;

/** Undefined if the six numbers are not two perpendicular unit vectors. */
export function imagePlane(positionMm: Vector3, orientation: readonly number[]): ImagePlane | undefined {
  const [rx = 0, ry = 0, rz = 0, cx = 0, cy = 0, cz = 0] = orientation;
  const row = unit([rx, ry, rz]);
  const column = unit([cx, cy, cz]);
  if (orientation.length !== 6 || !row || !column) return undefined;
  const skew = dot(row, column);
  if (Math.abs(skew) > MAXIMUM_SKEW) return undefined;
  // Rounded cosines are made exactly perpendicular, so that lengths come out the same in every direction.
  const columnDirection = unit(subtract(column, scale(row, skew)));
  return columnDirection && { positionMm, rowDirection: row, columnDirection };
}

/** Row × column: away from the viewer. */
export function normalOf(plane: ImagePlane): Vector3 {
  return cross(plane.rowDirection, plane.columnDirection);
}

/** Continuous pixel coordinates; (0, 0) is the centre of the first pixel. */
export function pixelToWorldMm(grid: ImageGrid, column: number, row: number): Vector3 {
  const inRow = along(grid.positionMm, grid.rowDirection, column * grid.columnSpacingMm);
  return along(inRow, grid.columnDirection, row * grid.rowSpacingMm);
}

/** The foot of the point on the plane, in pixels, and its signed distance along the normal. */
export function worldMmToPixel(
  grid: ImageGrid,
  pointMm: Vector3,
): { column: number; row: number; distanceMm: number } {
  const offset = subtract(pointMm, grid.positionMm);
  return {
    column: dot(offset, grid.rowDirection) / grid.columnSpacingMm,
    row: dot(offset, grid.columnDirection) / grid.rowSpacingMm,
    distanceMm: dot(offset, normalOf(grid)),
  };
}

/** The middle of the image, between the centres of its corner pixels. */
export function centreOf(grid: ImageGrid): Vector3 {
  const half = add(
    scale(grid.rowDirection, ((grid.columns - 1) / 2) * grid.columnSpacingMm),
    scale(grid.columnDirection, ((grid.rows - 1) / 2) * grid.rowSpacingMm),
  );
  return add(grid.positionMm, half);
}

/** Corners of the outermost pixels' edges, in order around the image. */
export function cornersOf(grid: ImageGrid): readonly [Vector3, Vector3, Vector3, Vector3] {
  const right = grid.columns - 0.5;
  const bottom = grid.rows - 0.5;
  return [
    pixelToWorldMm(grid, -0.5, -0.5),
    pixelToWorldMm(grid, right, -0.5),
    pixelToWorldMm(grid, right, bottom),
    pixelToWorldMm(grid, -0.5, bottom),
  ];
}
