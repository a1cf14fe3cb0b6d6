import { expect, test } from 'vitest';
import { imagePlane, normalOf, pixelToWorldMm } from '#shared/dicom/geometry/plane.ts';
import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import { along, cross, dot, unit } from '#shared/dicom/geometry/vector.ts';
import type { Vector3 } from '#shared/dicom/geometry/vector.ts';
import { reformatGrids } from '#shared/dicom/volume/reformat-grids.ts';
import { OUTSIDE_INT16, samplePlane } from '#shared/dicom/volume/sample-plane.ts';
import { volumeGeometry } from '#shared/dicom/volume/volume-geometry.ts';
import type { VolumeGeometry } from '#shared/dicom/volume/volume-geometry.ts';
import type { Attributes } from '#tests/support/made-images.ts';
import { aSeries } from '#tests/support/made-images.ts';

/** A scan of a world whose value is known at every point: what a scanner with these slices would have stored. */
interface Scan {
  readonly volume: VolumeGeometry;
  readonly slices: Float32Array[];
  readonly directions: { row: Vector3; column: Vector3; normal: Vector3 };
}

interface ScanSettings {
  readonly orientation?: number[];
  /** Along the normal, mm. */
  readonly depths: readonly number[];
  /** Movement within the plane per mm of depth: the tangent of the gantry's tilt. */
  readonly shear?: number;
  readonly attributes?: Attributes;
}

const SIZE = 48;
const SPACING = [1.5, 1.25] as const;

function scan(valueAt: (point: Vector3) => number, settings: ScanSettings): Scan {
  const orientation = settings.orientation ?? [1, 0, 0, 0, 1, 0];
  const plane = imagePlane([0, 0, 0], orientation);
  if (!plane) throw new Error('no plane');
  const normal = normalOf(plane);
  const origins = settings.depths.map((depth) => {
    const sheared = along([-30, -36, 0], plane.columnDirection, depth * (settings.shear ?? 0));
    return along(sheared, normal, depth);
  });
  const images = aSeries(origins, () => ({
    '00280010': SIZE,
    '00280011': SIZE,
    '00280030': [...SPACING],
    '00200037': orientation,
    ...settings.attributes,
  }));
  const volume = volumeGeometry(images);
  const slices = volume.slices.map(({ originMm }) => {
    const grid: ImageGrid = {
      positionMm: originMm,
      rowDirection: plane.rowDirection,
      columnDirection: plane.columnDirection,
      rows: SIZE,
      columns: SIZE,
      rowSpacingMm: SPACING[0],
      columnSpacingMm: SPACING[1],
    };
    return Float32Array.from({ length: SIZE * SIZE }, (_, index) =>
      valueAt(pixelToWorldMm(grid, index % SIZE, Math.floor(index / SIZE))),
    );
  });
  return { volume, slices, directions: { row: plane.rowDirection, column: plane.columnDirection, normal } };
}

/** A world that rises evenly in every direction: linear interpolation has to reproduce it exactly. */
const ramp = ([x, y, z]: Vector3) => 3 * x - 2 * y + 5 * z + 100;

const uneven = [0, 3, 4.2, 9, 12, 18, 18.9, 25, 30, 33, 40];
const even = Array.from({ length: 12 }, (_, index) => index * 3);
const tilt = Math.tan((18.5 * Math.PI) / 180);
const oblique = (() => {
  const row = unit([0.9, 0.3, 0.2]) ?? [1, 0, 0];
  const normal = unit(cross(row, [0.1, 0.9, -0.3])) ?? [0, 0, 1];
  return [...row, ...cross(normal, row)];
})();

const scans: Readonly<Record<string, ScanSettings>> = {
  'even axial slices': { depths: even },
  'uneven slices': { depths: uneven },
  'a tilted gantry': { depths: even, shear: tilt },
  'a tilted gantry with uneven slices': { depths: uneven, shear: -tilt },
  'an oblique volume': { depths: even, orientation: oblique },
  'a coronal acquisition': { depths: even, orientation: [1, 0, 0, 0, 0, -1] },
  'an oblique, tilted, uneven one': { depths: uneven, shear: tilt, orientation: oblique },
};

for (const [name, settings] of Object.entries(scans)) {
  test(`${name}: every plane shows the world as it is`, () => {
    const { volume, slices } = scan(ramp, settings);
    for (const plane of ['axial', 'coronal', 'sagittal'] as const) {
      const { grids } = reformatGrids(volume, plane);
      const grid = grids[Math.floor(grids.length / 2)];
      if (!grid) throw new Error('no plane');
      const { pixels } = samplePlane(volume, slices, grid);
      let known = 0;
      let worst = 0;
      for (let index = 0; index < pixels.length; index++) {
        const value = pixels[index] ?? Number.NaN;
        const point = pixelToWorldMm(grid, index % grid.columns, Math.floor(index / grid.columns));
        if (Number.isNaN(value) || !isWellInside(volume, point)) continue;
        known++;
        worst = Math.max(worst, Math.abs(value - ramp(point)));
      }
      expect(known).toBeGreaterThan(150);
      expect(worst).toBeLessThan(0.01);
    }
  });
}

/** Between the first and last slice and half a pixel from the edges, where nothing is extended. */
function isWellInside(volume: VolumeGeometry, point: Vector3): boolean {
  const first = volume.slices[0];
  const last = volume.slices.at(-1);
  if (!first || !last) return false;
  const depth = dot(point, volume.normal);
  if (depth < first.depthMm || depth > last.depthMm) return false;
  return volume.slices.every(({ originMm, depthMm }) => {
    if (Math.abs(depthMm - depth) > 8) return true;
    const offset: Vector3 = [point[0] - originMm[0], point[1] - originMm[1], point[2] - originMm[2]];
    const column = dot(offset, volume.rowDirection) / volume.columnSpacingMm;
    const row = dot(offset, volume.columnDirection) / volume.rowSpacingMm;
    return column >= 0 && row >= 0 && column <= volume.columns - 1 && row <= volume.rows - 1;
  });
}

test('a ball keeps its diameter in all planes of a tilted, uneven scan', () => {
  const centre: Vector3 = [0, 2, 20];
  const radius = 12;
  const ball = (point: Vector3) => {
    const distance = Math.hypot(point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]);
    // A soft rim, so that interpolation can find the true edge between samples.
    return Math.min(1, Math.max(0, (radius - distance) / 6 + 0.5)) * 1000;
  };
  const dense = Array.from({ length: 41 }, (_, index) => index + (index % 3) * 0.2);
  const { volume, slices } = scan(ball, { depths: dense, shear: tilt });
  for (const plane of ['axial', 'coronal', 'sagittal'] as const) {
    const { grids } = reformatGrids(volume, plane);
    const through = grids.reduce((best, grid) =>
      Math.abs(distanceTo(grid, centre)) < Math.abs(distanceTo(best, centre)) ? grid : best,
    );
    const { pixels } = samplePlane(volume, slices, through);
    const width = diameter(pixels, through, 'row');
    const height = diameter(pixels, through, 'column');
    expect(width).toBeGreaterThan(2 * radius - 0.5);
    expect(width).toBeLessThan(2 * radius + 0.5);
    expect(height).toBeGreaterThan(2 * radius - 0.5);
    expect(height).toBeLessThan(2 * radius + 0.5);
  }
});

const distanceTo = (grid: ImageGrid, point: Vector3) =>
  dot(
    [point[0] - grid.positionMm[0], point[1] - grid.positionMm[1], point[2] - grid.positionMm[2]],
    normalOf(grid),
  );

/** Longest run above half the height along rows or columns, mm. */
function diameter(pixels: ArrayLike<number>, grid: ImageGrid, alongAxis: 'row' | 'column'): number {
  const lines = alongAxis === 'row' ? grid.rows : grid.columns;
  const length = alongAxis === 'row' ? grid.columns : grid.rows;
  const at = (line: number, index: number) =>
    pixels[alongAxis === 'row' ? line * grid.columns + index : index * grid.columns + line] ?? 0;
  let longest = 0;
  for (let line = 0; line < lines; line++) {
    let first = -1;
    let last = -1;
    for (let index = 1; index < length; index++) {
      const [before, here] = [at(line, index - 1), at(line, index)];
      if (before < 500 && here >= 500 && first < 0) first = index - 1 + (500 - before) / (here - before);
      if (before >= 500 && here < 500) last = index - 1 + (before - 500) / (before - here);
    }
    if (first >= 0) longest = Math.max(longest, last - first);
  }
  return longest * (alongAxis === 'row' ? grid.columnSpacingMm : grid.rowSpacingMm);
}

test('planes along even slices lie on the slices, head to feet', () => {
  const { volume } = scan(ramp, { depths: even });
  const { grids, stepMm } = reformatGrids(volume, 'axial');
  expect(stepMm).toBe(3);
  expect(grids.map(({ positionMm }) => Math.round(positionMm[2] * 1e6) / 1e6)).toEqual([...even].reverse());
});

test('whole values stay whole and places outside are marked', () => {
  const { volume, slices } = scan(ramp, { depths: even });
  const whole = slices.map((slice) => Int16Array.from(slice));
  const { grids } = reformatGrids(volume, 'coronal');
  const grid = grids[10];
  if (!grid) throw new Error('no plane');
  const wide: ImageGrid = { ...grid, positionMm: along(grid.positionMm, grid.rowDirection, -40) };
  const { pixels, minimum } = samplePlane(volume, whole, wide);
  expect(pixels).toBeInstanceOf(Int16Array);
  expect(pixels[0]).toBe(OUTSIDE_INT16);
  expect(minimum).toBeGreaterThan(OUTSIDE_INT16);
});

test('nothing is invented where slices are missing', () => {
  const depths = [0, 2, 4, 6, 8, 16, 18, 20, 22, 24];
  const { volume, slices } = scan(ramp, { depths });
  const { grids } = reformatGrids(volume, 'sagittal');
  const grid = grids[Math.floor(grids.length / 2)];
  if (!grid) throw new Error('no plane');
  const { pixels } = samplePlane(volume, slices, grid);
  const depthOf = (row: number) => pixelToWorldMm(grid, 0, row)[2];
  for (let row = 0; row < grid.rows; row++) {
    const value = pixels[row * grid.columns + 20] ?? 0;
    const depth = depthOf(row);
    if (depth > 9.1 && depth < 14.9) expect(value).toBeNaN();
    if (depth > 0 && depth < 8.9) expect(value).not.toBeNaN();
    if (depth > 15.1 && depth < 24) expect(value).not.toBeNaN();
  }
});

test('a slice that could not be loaded leaves a hole', () => {
  const { volume, slices } = scan(ramp, { depths: even });
  const broken = slices.map((slice, index) => (index === 5 ? undefined : slice));
  const { grids } = reformatGrids(volume, 'coronal');
  const grid = grids[20];
  if (!grid) throw new Error('no plane');
  const { pixels } = samplePlane(volume, broken, grid);
  for (let row = 0; row < grid.rows; row++) {
    const depth = pixelToWorldMm(grid, 0, row)[2];
    const value = pixels[row * grid.columns + 20] ?? 0;
    if (Math.abs(depth - 15) < 2.9) expect(value).toBeNaN();
    if (Math.abs(depth - 15) > 3.1 && depth > 0 && depth < 33) expect(value).not.toBeNaN();
  }
});

test('slabs: mean, maximum and minimum over the thickness', () => {
  const { volume, slices } = scan(ramp, { depths: even });
  const { grids } = reformatGrids(volume, 'coronal');
  const grid = grids[24];
  if (!grid) throw new Error('no plane');
  const at = (mode: 'mean' | 'maximum' | 'minimum', count: number) =>
    samplePlane(volume, slices, grid, { mode, count, stepMm: 1.5 }).pixels[8 * grid.columns + 20] ?? 0;
  const middle = at('mean', 1);
  // Along y the world falls by 2 per mm; seven planes of 1.5 mm reach 4.5 mm to both sides.
  expect(at('mean', 7)).toBeCloseTo(middle, 3);
  expect(at('maximum', 7)).toBeCloseTo(middle + 9, 3);
  expect(at('minimum', 7)).toBeCloseTo(middle - 9, 3);
});
