import { dot, subtract } from '../geometry/vector.ts';
import type { SlabMode, SlicePixels } from './sample-plane.ts';
import type { VolumeGeometry } from './volume-geometry.ts';

/** Neighbouring slices seen as one thick slice. */
export interface SliceSlab {
  /** Places in `VolumeGeometry.slices`, rising. */
  readonly members: readonly number[];
  /** From the front of the first member to the back of the last: what the slab really covers. */
  readonly thicknessMm: number;
}

/**
 * Takes in neighbours of one slice (its place in `VolumeGeometry.slices`), the nearer one first, as long as
 * that brings the slab closer to the wanted thickness; never across a gap where slices are missing.
 */
export function slabAround(volume: VolumeGeometry, place: number, wantedMm: number): SliceSlab {
  const { slices } = volume;
  let first = place;
  let last = place;
  const thickness = (from: number, to: number) => {
    const front = slices[from];
    const back = slices[to];
    return front && back ? back.depthMm + back.thicknessMm / 2 - (front.depthMm - front.thicknessMm / 2) : 0;
  };
  const isOpen = (before: number) =>
    before >= 0 && before + 1 < slices.length && slices[before]?.isGapBehind === false;
  for (;;) {
    const choices = [
      ...(isOpen(last) ? [{ first, last: last + 1 }] : []),
      ...(isOpen(first - 1) ? [{ first: first - 1, last }] : []),
    ];
    const reached = thickness(first, last);
    const [better] = choices
      .map((choice) => ({
        ...choice,
        reached: thickness(choice.first, choice.last),
        side: sideOf(volume, place, choice),
      }))
      .filter((choice) => Math.abs(choice.reached - wantedMm) < Math.abs(reached - wantedMm) - 1e-6)
      .sort((a, b) => a.side - b.side);
    if (!better) break;
    ({ first, last } = better);
  }
  return {
    members: Array.from({ length: last - first + 1 }, (_, index) => first + index),
    thicknessMm: thickness(first, last),
  };
}

/** How lopsided the slab would be: the smaller, the better. */
function sideOf(
  { slices }: VolumeGeometry,
  place: number,
  { first, last }: { first: number; last: number },
): number {
  const depth = (at: number) => slices[at]?.depthMm ?? 0;
  return Math.abs(depth(last) - depth(place) - (depth(place) - depth(first)));
}

/**
 * Mean, maximum or minimum of the members, pixel by pixel along the slices' normal: members that lie
 * shifted within their plane (tilted gantry) are interpolated to where the middle one is.
 */
export function combineSlices(
  volume: VolumeGeometry,
  slices: readonly (SlicePixels | undefined)[],
  place: number,
  members: readonly number[],
  mode: SlabMode,
): { pixels: Int16Array | Uint16Array | Float32Array; minimum: number; maximum: number } {
  const size = volume.rows * volume.columns;
  const results = new Float32Array(size);
  let count = 0;
  for (const member of members) {
    const pixels = slices[member];
    if (!pixels) continue;
    combine(results, shifted(volume, pixels, place, member), count === 0, mode);
    count++;
  }
  if (mode === 'mean' && count > 1)
    for (let index = 0; index < size; index++) results[index] = (results[index] ?? 0) / count;
  return asSource(results, slices);
}

function combine(results: Float32Array, pixels: SlicePixels, isFirst: boolean, mode: SlabMode): void {
  const { length } = results;
  if (isFirst) for (let index = 0; index < length; index++) results[index] = pixels[index] ?? 0;
  else if (mode === 'mean') {
    for (let index = 0; index < length; index++)
      results[index] = (results[index] ?? 0) + (pixels[index] ?? 0);
  } else if (mode === 'maximum') {
    for (let index = 0; index < length; index++) {
      const value = pixels[index] ?? 0;
      if (value > (results[index] ?? 0)) results[index] = value;
    }
  } else {
    for (let index = 0; index < length; index++) {
      const value = pixels[index] ?? 0;
      if (value < (results[index] ?? 0)) results[index] = value;
    }
  }
}

/** Less than this part of a pixel is not worth interpolating. */
const NO_SHIFT = 0.01;

function shifted(volume: VolumeGeometry, pixels: SlicePixels, place: number, member: number): SlicePixels {
  const middle = volume.slices[place];
  const other = volume.slices[member];
  if (!middle || !other) return pixels;
  const offset = subtract(middle.originMm, other.originMm);
  const columns = dot(offset, volume.rowDirection) / volume.columnSpacingMm;
  const rows = dot(offset, volume.columnDirection) / volume.rowSpacingMm;
  if (Math.abs(columns) < NO_SHIFT && Math.abs(rows) < NO_SHIFT) return pixels;
  return moved(pixels, volume.columns, volume.rows, columns, rows);
}

/** Bilinear, edges repeated. */
function moved(
  pixels: SlicePixels,
  width: number,
  height: number,
  byColumns: number,
  byRows: number,
): Float32Array {
  const result = new Float32Array(width * height);
  const wholeColumns = Math.floor(byColumns);
  const wholeRows = Math.floor(byRows);
  const fx = byColumns - wholeColumns;
  const fy = byRows - wholeRows;
  const clampX = (x: number) => Math.min(width - 1, Math.max(0, x));
  const clampY = (y: number) => Math.min(height - 1, Math.max(0, y)) * width;
  for (let y = 0; y < height; y++) {
    const upper = clampY(y + wholeRows);
    const lower = clampY(y + wholeRows + 1);
    for (let x = 0; x < width; x++) {
      const left = clampX(x + wholeColumns);
      const right = clampX(x + wholeColumns + 1);
      const above = (pixels[upper + left] ?? 0) * (1 - fx) + (pixels[upper + right] ?? 0) * fx;
      const below = (pixels[lower + left] ?? 0) * (1 - fx) + (pixels[lower + right] ?? 0) * fx;
      result[y * width + x] = above * (1 - fy) + below * fy;
    }
  }
  return result;
}

/** Integers in, integers out: a mean of Hounsfield units is shown and measured in whole ones. */
function asSource(results: Float32Array, slices: readonly (SlicePixels | undefined)[]) {
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < results.length; index++) {
    const value = results[index] ?? 0;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const isFloat = slices.some((slice) => slice instanceof Float32Array || slice instanceof Int32Array);
  if (isFloat || minimum < -32_768 || maximum > 65_535) return { pixels: results, minimum, maximum };
  const pixels = maximum > 32_767 ? new Uint16Array(results.length) : new Int16Array(results.length);
  for (let index = 0; index < results.length; index++) pixels[index] = Math.round(results[index] ?? 0);
  return { pixels, minimum: Math.round(minimum), maximum: Math.round(maximum) };
}
