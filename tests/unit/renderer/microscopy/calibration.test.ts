import { expect, test } from 'vitest';
import { cameraOnStage } from '#renderer/microscopy/camera-on-stage.ts';
import { measureShift } from '#renderer/microscopy/phase-correlation.ts';
import { createTissue } from '#renderer/microscopy/tissue/tissue.ts';

const SIDE = 128;
const SCALE = 0.5;
const tissue = createTissue(1);

/** The slide as a camera sees it that is turned by so many degrees, with noise of its own in every picture. */
function picture(xUm: number, yUm: number, turnedDeg = 0) {
  const wide = 256;
  const pixels = tissue.draw({
    xUm: xUm - (wide / 2) * SCALE,
    yUm: yUm - (wide / 2) * SCALE,
    micrometresPerPixel: SCALE,
    widthPixels: wide,
    heightPixels: wide,
  });
  const turn = (turnedDeg * Math.PI) / 180;
  const levels = Float64Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [(at % SIDE) - SIDE / 2, Math.floor(at / SIDE) - SIDE / 2];
    const column = Math.round(wide / 2 + x * Math.cos(turn) - y * Math.sin(turn));
    const row = Math.round(wide / 2 + x * Math.sin(turn) + y * Math.cos(turn));
    return (pixels[(row * wide + column) * 4 + 1] ?? 0) + Math.random() * 8;
  });
  return { side: SIDE, levels };
}

test.for([
  [9, 0],
  [-14, 5],
  [3.5, -11],
])('a move of the stage by %f and %f µm is found in the picture', ([dx = 0, dy = 0]) => {
  const shift = measureShift(picture(3400, -5300), picture(3400 + dx, -5300 + dy));
  expect(shift.x).toBeCloseTo(-dx / SCALE, 0);
  expect(shift.y).toBeCloseTo(-dy / SCALE, 0);
  expect(shift.certainty).toBeGreaterThan(8);
});

test('scale, rotation and mirroring come out of two moves', () => {
  for (const turnedDeg of [0, 12, -25]) {
    const at = picture(3400, -5300, turnedDeg);
    const along = (dx: number, dy: number) => measureShift(at, picture(3400 + dx, -5300 + dy, turnedDeg));
    const found = cameraOnStage(along(10, 0), 10, along(0, 10), 10);
    expect(found.micrometresPerPixel).toBeCloseTo(SCALE, 1);
    expect(Math.abs(found.rotationDeg - turnedDeg)).toBeLessThan(3);
    expect(found.isMirrored).toBe(false);
    expect(found.residualPixels).toBeLessThan(2);
  }
  const [x, y] = [
    { x: -20, y: 0, certainty: 20 },
    { x: 0, y: 20, certainty: 20 },
  ];
  expect(cameraOnStage(x, 10, y, 10)).toMatchObject({ isMirrored: true, micrometresPerPixel: 0.5 });
});

test('where there is nothing to recognise, nothing is measured', () => {
  const noise = () => ({
    side: SIDE,
    levels: Float64Array.from({ length: SIDE * SIDE }, () => Math.random()),
  });
  expect(measureShift(noise(), noise()).certainty).toBeLessThan(8);
});
