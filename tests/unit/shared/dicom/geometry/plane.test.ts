import { expect, test } from 'vitest';
import {
  directionOfLetters,
  edgeLetters,
  orientationLetters,
  planeName,
} from '#shared/dicom/geometry/orientation.ts';
import {
  centreOf,
  cornersOf,
  imagePlane,
  pixelToWorldMm,
  worldMmToPixel,
} from '#shared/dicom/geometry/plane.ts';
import type { ImageGrid } from '#shared/dicom/geometry/plane.ts';
import { distance } from '#shared/dicom/geometry/vector.ts';

const s = Math.SQRT1_2;
const oblique = imagePlane([10, -20, 30], [1, 0, 0, 0, s, s]);
const grid: ImageGrid = {
  ...(oblique ?? { positionMm: [0, 0, 0], rowDirection: [1, 0, 0], columnDirection: [0, 1, 0] }),
  rows: 100,
  columns: 200,
  rowSpacingMm: 2,
  columnSpacingMm: 0.5,
};

test('pixels and millimetres go there and back', () => {
  const point = pixelToWorldMm(grid, 12.5, 40);
  expect(point[0]).toBeCloseTo(16.25, 12);
  expect(point[1]).toBeCloseTo(-20 + 80 * s, 12);
  expect(point[2]).toBeCloseTo(30 + 80 * s, 12);
  const back = worldMmToPixel(grid, point);
  expect(back.column).toBeCloseTo(12.5, 10);
  expect(back.row).toBeCloseTo(40, 10);
  expect(back.distanceMm).toBeCloseTo(0, 10);
});

test('the image reaches half a pixel beyond the centres of its outer pixels', () => {
  const [topLeft, topRight, bottomRight, bottomLeft] = cornersOf(grid);
  expect(distance(topLeft, topRight)).toBeCloseTo(100, 10);
  expect(distance(topRight, bottomRight)).toBeCloseTo(200, 10);
  expect(distance(bottomLeft, bottomRight)).toBeCloseTo(100, 10);
  expect(distance(topLeft, centreOf(grid))).toBeCloseTo(distance(bottomRight, centreOf(grid)), 10);
});

test('directions that are no plane are refused, rounded ones made perpendicular', () => {
  expect(imagePlane([0, 0, 0], [1, 0, 0, 1, 0, 0])).toBeUndefined();
  expect(imagePlane([0, 0, 0], [1, 0, 0])).toBeUndefined();
  expect(imagePlane([0, 0, 0], [0, 0, 0, 0, 1, 0])).toBeUndefined();
  const rounded = imagePlane([0, 0, 0], [0.999, 0.001, 0, 0, 1, 0]);
  expect(
    rounded &&
      rounded.rowDirection[0] * rounded.columnDirection[0] +
        rounded.rowDirection[1] * rounded.columnDirection[1],
  ).toBeCloseTo(0, 12);
});

test('letters for plain and oblique directions', () => {
  expect(orientationLetters([1, 0, 0])).toBe('L');
  expect(orientationLetters([-1, 0, 0])).toBe('R');
  expect(orientationLetters([0, 1, 0])).toBe('P');
  expect(orientationLetters([0, 0, 1])).toBe('H');
  expect(orientationLetters([0, 0, -1])).toBe('F');
  expect(orientationLetters([0.1, 0, -0.995])).toBe('F');
  expect(orientationLetters([0.8, 0.6, 0])).toBe('LP');
  expect(orientationLetters([-0.6, -0.8, 0])).toBe('AR');
  expect(edgeLetters([1, 0, 0], [0, 1, 0])).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
});

test('the plane an image is nearest to', () => {
  const nameOf = (orientation: number[]) => {
    const plane = imagePlane([0, 0, 0], orientation);
    return plane && planeName(plane);
  };
  expect(nameOf([1, 0, 0, 0, 1, 0])).toBe('axial');
  expect(nameOf([1, 0, 0, 0, 0, -1])).toBe('coronal');
  expect(nameOf([0, 1, 0, 0, 0, -1])).toBe('sagittal');
  expect(nameOf([1, 0, 0, 0, 0.9, -0.436])).toBe('axial');
});

test('the letters of a radiograph give the directions they name, and nothing else does', () => {
  for (const letters of ['R', 'L', 'A', 'P', 'H', 'F', 'FR', 'LP', 'HAR']) {
    const direction = directionOfLetters(letters);
    expect(direction && orientationLetters(direction)).toBe(letters);
  }
  for (const other of ['', 'X', 'CAUDAL', 'lf', 'RLAPH']) expect(directionOfLetters(other)).toBeUndefined();
});
