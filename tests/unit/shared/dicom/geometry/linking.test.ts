import { expect, test } from 'vitest';
import {
  linkOffsetMm,
  linkedIndex,
  nearestImage,
  pointOnImage,
  referenceLine,
  rulerLength,
} from '#shared/dicom/geometry/linking.ts';
import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import type { Vector3 } from '#shared/dicom/geometry/vector.ts';

const axial = (z: number, more: Partial<ImageGrid> = {}): ImageGrid => ({
  positionMm: [-100, -100, z],
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  rows: 201,
  columns: 201,
  rowSpacingMm: 1,
  columnSpacingMm: 1,
  ...more,
});

const coronal = (y: number): ImageGrid => ({
  positionMm: [-50, y, 60],
  rowDirection: [1, 0, 0],
  columnDirection: [0, 0, -1],
  rows: 121,
  columns: 101,
  rowSpacingMm: 1,
  columnSpacingMm: 1,
});

const stack = (...depths: number[]) => depths.map((depth) => axial(depth));

test('the nearest image to a point', () => {
  const planes = stack(0, 5, 10, 15);
  expect(nearestImage(planes, [3, 4, 11])).toEqual({ index: 2, distanceMm: 1 });
  expect(nearestImage([undefined, ...planes], [3, 4, -20])).toEqual({ index: 1, distanceMm: 20 });
  expect(nearestImage([undefined], [0, 0, 0])).toBeUndefined();
});

test('parallel stacks of one frame of reference follow by position, whatever their direction and spacing', () => {
  const thin = stack(40, 38, 36, 34, 32, 30, 28, 26, 24, 22, 20);
  expect(linkedIndex(axial(31.5), thin, 0)).toBe(4);
  expect(linkedIndex(axial(20), thin, 0)).toBe(10);
  expect(linkedIndex(axial(19), thin, 0)).toBe(10);
  expect(linkedIndex(axial(10), thin, 0)).toBeUndefined();
  expect(linkedIndex(coronal(0), thin, 0)).toBeUndefined();
});

test('slightly tilted stacks still follow each other, by the middle of the image', () => {
  const angle = (15 * Math.PI) / 180;
  const tilted = [0, 5, 10, 15, 20].map((z) =>
    axial(z - 100 * Math.sin(angle), {
      positionMm: [-100, -100 * Math.cos(angle), z - 100 * Math.sin(angle)],
      columnDirection: [0, Math.cos(angle), Math.sin(angle)],
    }),
  );
  expect(linkedIndex(axial(10), tilted, 0)).toBe(2);
});

test('between frames of reference the offset stays as the doctor set it', () => {
  const prior = stack(1000, 1005, 1010, 1015, 1020);
  const current = stack(0, 2.5, 5, 7.5, 10, 12.5);
  const [here, there] = [current[2], prior[3]];
  if (!here || !there) throw new Error('no images');
  const offsetMm = linkOffsetMm(here, there);
  expect(offsetMm).toBe(1010);
  expect(current.map((grid) => linkedIndex(grid, prior, offsetMm))).toEqual([2, 2, 3, 3, 4, 4]);
});

test('a crosshair point on every image', () => {
  const point: Vector3 = [10, -20, 30];
  expect(pointOnImage(axial(28), point)).toEqual({ column: 110, row: 80, distanceMm: 2, isInside: true });
  expect(pointOnImage(coronal(-20), point)).toMatchObject({ column: 60, row: 30, isInside: true });
  expect(pointOnImage(coronal(0), [60, 0, 0]).isInside).toBe(false);
});

test('reference lines end where the other image ends', () => {
  const line = referenceLine(axial(30), coronal(-20));
  expect(line).toBeDefined();
  const [first, second] = [...(line ?? [])].sort((a, b) => a.column - b.column);
  expect(first).toEqual({ column: 49.5, row: 80 });
  expect(second).toEqual({ column: 150.5, row: 80 });
  expect(referenceLine(axial(200), coronal(-20))).toBeUndefined();
  expect(referenceLine(axial(30), axial(30))).toBeUndefined();
});

test('an oblique image cuts along the line on which both planes agree', () => {
  const s = Math.SQRT1_2;
  const oblique: ImageGrid = { ...axial(0), rowDirection: [s, 0, s], positionMm: [-100 * s, -100, -100 * s] };
  const line = referenceLine(axial(20), oblique);
  expect(line?.map(({ column }) => column)).toEqual([expect.closeTo(120, 9), expect.closeTo(120, 9)]);
});

test('ruler lengths are round', () => {
  expect(rulerLength(2, 120)).toEqual({ lengthMm: 50, pixels: 100 });
  expect(rulerLength(0.5, 120)).toEqual({ lengthMm: 200, pixels: 100 });
  expect(rulerLength(10, 99)).toEqual({ lengthMm: 5, pixels: 50 });
  expect(rulerLength(400, 100)?.lengthMm).toBeCloseTo(0.2, 9);
  expect(rulerLength(1, 100)).toEqual({ lengthMm: 100, pixels: 100 });
  expect(rulerLength(0, 100)).toBeUndefined();
});
