import { cross, middle, subtract } from './plane.ts';
import type { Point } from './plane.ts';

/** Values of one image, row by row, in modality units. Colour images have no such values. */
export interface PixelValues {
  readonly columns: number;
  readonly rows: number;
  readonly values: ArrayLike<number>;
  /** Filler outside the reconstructed circle (PS3.3 C.7.5.1.1.2): no measurement, so never counted. */
  readonly isPadding?: ((value: number) => boolean) | undefined;
}

export interface RegionStatistics {
  readonly count: number;
  readonly mean: number;
  /** Of the pixels as the whole population: divided by their number. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Pixels of the region that are padding or not a number, and were left out. */
  readonly leftOut: number;
}

/** Calls back with the columns of every row whose pixel centres lie in a region, clipped to the image. */
export type RegionRows = (
  size: { columns: number; rows: number },
  visit: (row: number, firstColumn: number, lastColumn: number) => void,
) => void;

/** Even-odd rule, as the outline is filled on the screen; also for outlines that cross themselves. */
export function polygonRows(polygon: readonly Point[]): RegionRows {
  return ({ columns, rows }, visit) => {
    const ys = polygon.map(([, y]) => y);
    const firstRow = Math.max(0, Math.ceil(Math.min(...ys)));
    const lastRow = Math.min(rows - 1, Math.floor(Math.max(...ys)));
    for (let row = firstRow; row <= lastRow; row++) {
      const crossings = crossingsOfRow(polygon, row);
      for (let index = 0; index + 1 < crossings.length; index += 2) {
        const first = Math.max(0, Math.ceil(crossings[index] ?? 0));
        const last = Math.min(columns - 1, Math.floor(crossings[index + 1] ?? 0));
        if (first <= last) visit(row, first, last);
      }
    }
  };
}

function crossingsOfRow(polygon: readonly Point[], row: number): number[] {
  const crossings: number[] = [];
  polygon.forEach(([x2, y2], index) => {
    const [x1, y1] = polygon.at(index - 1) ?? [x2, y2];
    // Half open, so that a corner on the row counts once; the last row belongs to a region that ends on it.
    if (y1 <= row !== y2 <= row) crossings.push(x1 + ((row - y1) / (y2 - y1)) * (x2 - x1));
  });
  return crossings.sort((a, b) => a - b);
}

/** Corners in order round the parallelogram; pixel centres on its edges belong to it. */
export function parallelogramRows(corners: readonly [Point, Point, Point, Point]): RegionRows {
  const centre = middle(corners[0], corners[2]);
  const u = subtract(middle(corners[1], corners[2]), centre);
  const v = subtract(middle(corners[2], corners[3]), centre);
  return insideRows(centre, u, v, (alongU, alongV) => Math.abs(alongU) <= 1 && Math.abs(alongV) <= 1);
}

/** Ends of one axis, then of the other. */
export function ellipseRows(axes: readonly [Point, Point, Point, Point]): RegionRows {
  const centre = middle(axes[0], axes[1]);
  const u = subtract(axes[1], centre);
  const v = subtract(axes[3], middle(axes[2], axes[3]));
  return insideRows(centre, u, v, (alongU, alongV) => alongU * alongU + alongV * alongV <= 1);
}

const ROUNDING = 1e-9;

/** Pixel centres written as centre + s·u + t·v, and kept where s and t fit. */
function insideRows(
  centre: Point,
  u: Point,
  v: Point,
  isInside: (alongU: number, alongV: number) => boolean,
): RegionRows {
  const determinant = cross(u, v);
  const reachX = Math.abs(u[0]) + Math.abs(v[0]) + ROUNDING;
  const reachY = Math.abs(u[1]) + Math.abs(v[1]) + ROUNDING;
  return ({ columns, rows }, visit) => {
    if (determinant === 0) return;
    const shrink = 1 / (1 + ROUNDING);
    const firstColumn = Math.max(0, Math.ceil(centre[0] - reachX));
    const lastColumn = Math.min(columns - 1, Math.floor(centre[0] + reachX));
    const lastRow = Math.min(rows - 1, Math.floor(centre[1] + reachY));
    for (let row = Math.max(0, Math.ceil(centre[1] - reachY)); row <= lastRow; row++) {
      let first = -1;
      let last = -1;
      for (let column = firstColumn; column <= lastColumn; column++) {
        const offset: Point = [column - centre[0], row - centre[1]];
        const alongU = (cross(offset, v) / determinant) * shrink;
        const alongV = (cross(u, offset) / determinant) * shrink;
        if (!isInside(alongU, alongV)) continue;
        if (first < 0) first = column;
        last = column;
      }
      if (first >= 0) visit(row, first, last);
    }
  };
}

/** Undefined if no pixel of the image that measures something has its centre in the region. */
export function regionStatistics(region: RegionRows, pixels: PixelValues): RegionStatistics | undefined {
  let count = 0;
  let leftOut = 0;
  let mean = 0;
  let squares = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  region(pixels, (row, firstColumn, lastColumn) => {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const value = pixels.values[row * pixels.columns + column] ?? Number.NaN;
      if (Number.isNaN(value) || pixels.isPadding?.(value)) {
        leftOut++;
        continue;
      }
      // Welford's method: sums of squares lose all digits where the mean is large beside the deviation.
      count++;
      const before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
  });
  if (count === 0) return undefined;
  return { count, mean, standardDeviation: Math.sqrt(squares / count), minimum, maximum, leftOut };
}
