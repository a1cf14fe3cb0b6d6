import { assert, boolean, double, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { mapGeometry } from '#renderer/features/microscope/panels/map-geometry.ts';
import { toPictureVector, toStageVector } from '#renderer/features/microscope/view/camera-axes.ts';
import { isNear, markText, pathLengthUm, thinned } from '#renderer/features/microscope/view/mark-geometry.ts';
import { lengthText, scaleBar } from '#renderer/features/microscope/view/scale-bar.ts';
import {
  frameOffset,
  objectiveForBox,
  screenOfSlide,
  slideOfScreen,
} from '#renderer/features/microscope/view/stage-view.ts';

const axes = record({
  micrometresPerPixel: double({ min: 0.05, max: 5, noNaN: true }),
  rotationDeg: double({ min: -180, max: 180, noNaN: true }),
  isMirrored: boolean(),
});
const place = record({
  x: double({ min: -20_000, max: 20_000, noNaN: true }),
  y: double({ min: -20_000, max: 20_000, noNaN: true }),
});

test('a click lands where the specimen is: screen to stage and back, whatever rotation, mirroring and zoom', () => {
  assert(
    property(axes, place, place, double({ min: 0.2, max: 8, noNaN: true }), (camera, centre, um, scale) => {
      const view = { axes: camera, screen: { width: 1200, height: 800 }, scale, centreUm: centre };
      const back = slideOfScreen(view, screenOfSlide(view, um));
      expect(back.x).toBeCloseTo(um.x, 3);
      expect(back.y).toBeCloseTo(um.y, 3);
    }),
  );
});

test('vectors keep their length in µm', () => {
  assert(
    property(axes, place, (camera, um) => {
      const pixels = toPictureVector(camera, um);
      expect(Math.hypot(pixels.x, pixels.y) * camera.micrometresPerPixel).toBeCloseTo(
        Math.hypot(um.x, um.y),
        3,
      );
      const back = toStageVector(camera, pixels);
      expect(back.x).toBeCloseTo(um.x, 3);
    }),
  );
});

test('a frame exposed to the left of what is asked for is drawn to the left', () => {
  const view = {
    axes: { micrometresPerPixel: 1, rotationDeg: 0, isMirrored: false },
    screen: { width: 1000, height: 500 },
    scale: 0.5,
    centreUm: { x: 100, y: 0 },
  };
  expect(frameOffset(view, { x: 0, y: 0 })).toEqual({ x: -50, y: 0 });
});

test('the box chooses the strongest objective that still holds it', () => {
  const objectives = [
    { id: 1, magnification: 2, micrometresPerPixel: 2.5 },
    { id: 2, magnification: 10, micrometresPerPixel: 0.5 },
    { id: 3, magnification: 40, micrometresPerPixel: 0.125 },
  ];
  const sensor = { width: 1920, height: 1200 };
  expect(objectiveForBox(objectives, sensor, { width: 100, height: 100 })?.id).toBe(3);
  expect(objectiveForBox(objectives, sensor, { width: 500, height: 100 })?.id).toBe(2);
  expect(objectiveForBox(objectives, sensor, { width: 9000, height: 9000 })).toBeUndefined();
});

test('the scale bar is a round length that fits', () => {
  assert(
    property(
      double({ min: 0.01, max: 50, noNaN: true }),
      integer({ min: 300, max: 4000 }),
      (perPixel, width) => {
        const bar = scaleBar(perPixel, width);
        expect(bar && [1, 2, 5]).toContain(Number(bar?.lengthUm.toExponential(3).split('e')[0]));
        expect(bar?.widthPixels).toBeLessThanOrEqual(Math.max(60, width / 7) + 0.001);
        expect((bar?.widthPixels ?? 0) * perPixel).toBeCloseTo(bar?.lengthUm ?? 0, 6);
      },
    ),
  );
  expect(scaleBar(0, 100)).toBeUndefined();
});

test('lengths are written in µm and mm', () => {
  expect(lengthText(12.34)).toBe('12.3 µm');
  expect(lengthText(340.4)).toBe('340 µm');
  expect(lengthText(1250)).toBe('1.25 mm');
});

test('a measurement is the length of its points on the slide', () => {
  const pointsUm = [
    { x: 0, y: 0 },
    { x: 30, y: 40 },
  ];
  expect(pathLengthUm(pointsUm)).toBe(50);
  expect(markText({ kind: 'length', pointsUm, text: '' })).toBe('50 µm');
  expect(isNear({ pointsUm }, { x: 15, y: 20 }, 1)).toBe(true);
  expect(isNear({ pointsUm }, { x: 30, y: 0 }, 5)).toBe(false);
});

test('freehand keeps its ends and never more points than may be said', () => {
  const points = Array.from({ length: 3000 }, (_, index) => ({ x: index, y: (index % 7) * 2 }));
  const kept = thinned(points, 1);
  expect(kept.length).toBeLessThanOrEqual(500);
  expect(kept[0]).toEqual(points[0]);
  expect(kept.at(-1)).toEqual(points.at(-1));
});

test('a click on the map and the rectangle on it mean the same place', () => {
  const extent = {
    originUm: { x: -13_000, y: -10_000 },
    micrometresPerPixel: 20,
    widthPixels: 1300,
    heightPixels: 1000,
  };
  const { toCanvas, toSlide, box } = mapGeometry(extent, { width: 256, height: 168 });
  expect(box.width).toBeLessThanOrEqual(256);
  expect(toSlide(toCanvas({ x: 1234, y: -987 }))).toMatchObject({
    x: expect.closeTo(1234) as number,
    y: expect.closeTo(-987) as number,
  });
});
