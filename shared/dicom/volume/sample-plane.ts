import { dot, subtract } from '../geometry/vector.ts';
import { normalOf } from '../geometry/plane.ts';
import type { ImageGrid } from '../geometry/plane.ts';
import type { VolumeGeometry } from './volume-geometry.ts';

/** How several values become one; DICOM calls them MEAN, MAX and MIN. */
export type SlabMode = 'mean' | 'maximum' | 'minimum';

export interface SlabSampling {
  readonly mode: SlabMode;
  /** Planes that are combined, centred on the plane itself. */
  readonly count: number;
  readonly stepMm: number;
}

/** Pixels of the slices by their place in `VolumeGeometry.slices`; undefined where one could not be loaded. */
export type SlicePixels = ArrayLike<number>;

export interface SampledPlane {
  /** Modality units; `outside` where nothing is known. */
  readonly pixels: Int16Array | Float32Array;
  readonly minimum: number;
  readonly maximum: number;
}

/** Marks places outside the volume in 16-bit results; no image reaches it. */
export const OUTSIDE_INT16 = -32_768;

/**
 * Values on a plane in any direction: linear between the two neighbouring slices at their true depths,
 * bilinear within each at its true origin. That is exact for tilted gantries and uneven slices, and
 * leaves open what lies in a gap where slices are missing.
 */
export function samplePlane(
  volume: VolumeGeometry,
  slices: readonly (SlicePixels | undefined)[],
  grid: ImageGrid,
  slab: SlabSampling = { mode: 'mean', count: 1, stepMm: 0 },
): SampledPlane {
  const size = grid.rows * grid.columns;
  const results = new Float32Array(size);
  const counts = new Uint16Array(size);
  const sampler = new Sampler(volume, slices, grid);
  for (let step = 0; step < slab.count; step++) {
    const offsetMm = (step - (slab.count - 1) / 2) * slab.stepMm;
    sampler.addPlane(offsetMm, slab.mode, results, counts);
  }
  return finished(results, counts, slab.mode, slices);
}

function finished(
  results: Float32Array,
  counts: Uint16Array,
  mode: SlabMode,
  slices: readonly (SlicePixels | undefined)[],
): SampledPlane {
  const isFloat = slices.some((slice) => slice instanceof Float32Array || slice instanceof Int32Array);
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < results.length; index++) {
    const count = counts[index] ?? 0;
    if (count === 0) {
      results[index] = Number.NaN;
      continue;
    }
    const value = mode === 'mean' ? (results[index] ?? 0) / count : (results[index] ?? 0);
    results[index] = value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  if (minimum > maximum) return { pixels: asInt16(results), minimum: 0, maximum: 0 };
  if (isFloat || maximum > 32_767) return { pixels: results, minimum, maximum };
  return { pixels: asInt16(results), minimum: Math.round(minimum), maximum: Math.round(maximum) };
}

function asInt16(values: Float32Array): Int16Array {
  const rounded = new Int16Array(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    rounded[index] = Number.isNaN(value) ? OUTSIDE_INT16 : Math.round(value);
  }
  return rounded;
}

/** Everything about a plane that does not change from pixel to pixel, in pixels of the first slice. */
class Sampler {
  readonly #grid: ImageGrid;
  readonly #slices: readonly (SlicePixels | undefined)[];
  readonly #width: number;
  readonly #height: number;
  readonly #depths: Float64Array;
  /** How far each slice is moved within its plane against the first, pixels. */
  readonly #shiftColumns: Float64Array;
  readonly #shiftRows: Float64Array;
  readonly #reach: Float64Array;
  readonly #isGap: readonly boolean[];
  /** Column, row and depth at the grid's first pixel, and their change per column, per row and per mm of normal. */
  readonly #start: readonly [number, number, number];
  readonly #perColumn: readonly [number, number, number];
  readonly #perRow: readonly [number, number, number];
  readonly #perNormalMm: readonly [number, number, number];

  constructor(volume: VolumeGeometry, slices: readonly (SlicePixels | undefined)[], grid: ImageGrid) {
    const [first] = volume.slices;
    if (!first) throw new RangeError('no slices');
    this.#grid = grid;
    this.#slices = slices;
    this.#width = volume.columns;
    this.#height = volume.rows;
    const { rowDirection, columnDirection, normal, rowSpacingMm, columnSpacingMm } = volume;
    const inPixels = (vector: readonly [number, number, number]) =>
      [
        dot(vector, rowDirection) / columnSpacingMm,
        dot(vector, columnDirection) / rowSpacingMm,
        dot(vector, normal),
      ] as const;
    const shifts = volume.slices.map((slice) => inPixels(subtract(slice.originMm, first.originMm)));
    this.#depths = Float64Array.from(volume.slices, ({ depthMm }) => depthMm - first.depthMm);
    this.#shiftColumns = Float64Array.from(shifts, ([column]) => column);
    this.#shiftRows = Float64Array.from(shifts, ([, row]) => row);
    this.#reach = Float64Array.from(volume.slices, ({ reachMm }) => reachMm);
    this.#isGap = volume.slices.map(({ isGapBehind }) => isGapBehind);
    this.#start = inPixels(subtract(grid.positionMm, first.originMm));
    this.#perColumn = scaled(inPixels(grid.rowDirection), grid.columnSpacingMm);
    this.#perRow = scaled(inPixels(grid.columnDirection), grid.rowSpacingMm);
    this.#perNormalMm = inPixels(normalOf(grid));
  }

  /** Adds the values of one plane, `offsetMm` along the grid's normal, to what is there. */
  addPlane(offsetMm: number, mode: SlabMode, results: Float32Array, counts: Uint16Array): void {
    const { rows, columns } = this.#grid;
    const [columnStep, rowStep, depthStep] = this.#perColumn;
    let slice = 0;
    for (let row = 0; row < rows; row++) {
      let x = this.#start[0] + this.#perRow[0] * row + this.#perNormalMm[0] * offsetMm;
      let y = this.#start[1] + this.#perRow[1] * row + this.#perNormalMm[1] * offsetMm;
      let depth = this.#start[2] + this.#perRow[2] * row + this.#perNormalMm[2] * offsetMm;
      for (let at = row * columns; at < (row + 1) * columns; at++) {
        slice = this.#sliceBefore(depth, slice);
        const value = this.#valueAt(x, y, depth, slice);
        x += columnStep;
        y += rowStep;
        depth += depthStep;
        if (Number.isNaN(value)) continue;
        const count = counts[at] ?? 0;
        const before = results[at] ?? 0;
        counts[at] = count + 1;
        if (count === 0) results[at] = value;
        else if (mode === 'mean') results[at] = before + value;
        else if (mode === 'maximum' ? value > before : value < before) results[at] = value;
      }
    }
  }

  /** The last slice not behind this depth, searched from where the search ended before. */
  #sliceBefore(depth: number, from: number): number {
    const depths = this.#depths;
    let slice = from;
    while (slice + 1 < depths.length && (depths[slice + 1] ?? 0) <= depth) slice++;
    while (slice > 0 && (depths[slice] ?? 0) > depth) slice--;
    return slice;
  }

  /** Not a number where nothing is known. */
  #valueAt(x: number, y: number, depth: number, slice: number): number {
    const before = depth - (this.#depths[slice] ?? 0);
    const next = slice + 1;
    if (before <= 0 || next >= this.#depths.length) {
      return Math.abs(before) <= (this.#reach[slice] ?? 0) + 1e-6 ? this.#within(x, y, slice) : Number.NaN;
    }
    const behind = (this.#depths[next] ?? 0) - depth;
    if (this.#isGap[slice]) {
      if (before <= (this.#reach[slice] ?? 0)) return this.#within(x, y, slice);
      return behind <= (this.#reach[next] ?? 0) ? this.#within(x, y, next) : Number.NaN;
    }
    const a = this.#within(x, y, slice);
    const b = this.#within(x, y, next);
    return a + ((b - a) * before) / (before + behind);
  }

  /** Bilinear; the outer half of the outermost pixels belongs to them. */
  #within(column: number, row: number, slice: number): number {
    const pixels = this.#slices[slice];
    const x = column - (this.#shiftColumns[slice] ?? 0);
    const y = row - (this.#shiftRows[slice] ?? 0);
    const width = this.#width;
    const height = this.#height;
    // A hair of tolerance, so that rounding does not cut the outermost line off.
    if (!pixels || x < -0.5001 || y < -0.5001 || x > width - 0.4999 || y > height - 0.4999) return Number.NaN;
    const left = x <= 0 ? 0 : x >= width - 1 ? width - 1 : Math.floor(x);
    const top = y <= 0 ? 0 : y >= height - 1 ? height - 1 : Math.floor(y);
    const right = left + 1 < width ? left + 1 : left;
    const bottom = top + 1 < height ? top + 1 : top;
    const fx = x <= 0 ? 0 : Math.min(1, x - left);
    const fy = y <= 0 ? 0 : Math.min(1, y - top);
    const upper = top * width;
    const lower = bottom * width;
    const topLeft = pixels[upper + left] ?? 0;
    const bottomLeft = pixels[lower + left] ?? 0;
    const above = topLeft + ((pixels[upper + right] ?? 0) - topLeft) * fx;
    const below = bottomLeft + ((pixels[lower + right] ?? 0) - bottomLeft) * fx;
    return above + (below - above) * fy;
  }
}

function scaled(vector: readonly [number, number, number], factor: number): [number, number, number] {
  return [vector[0] * factor, vector[1] * factor, vector[2] * factor];
}
