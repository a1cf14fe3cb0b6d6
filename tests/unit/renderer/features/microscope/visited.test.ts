import { expect, test } from 'vitest';
import { scanFields } from '#renderer/features/microscope/bench/scan-fields.ts';
import { sharpness } from '#renderer/features/microscope/view/sharpness.ts';
import { isTissue, VisitedArea } from '#renderer/features/microscope/view/visited-area.ts';

const axes = { micrometresPerPixel: 1, rotationDeg: 0, isMirrored: false };
const field = { width: 1000, height: 500 };

test('what was not looked at with 10× is counted, and only tissue counts', () => {
  const area = new VisitedArea({ originUm: { x: 0, y: 0 }, widthUm: 2000, heightUm: 1000 });
  const tissue = Array.from({ length: area.columns * area.rows }, (_, index) => index % area.columns < 10);
  expect(area.unseenPart(tissue, 10)).toBe(1);
  // The left half, then only its upper part, with enough magnification.
  area.see(axes, { width: 1000, height: 1000 }, { x: 500, y: 500 }, 4);
  expect(area.unseenPart(tissue, 10)).toBe(1);
  area.see(axes, field, { x: 500, y: 250 }, 10);
  expect(area.unseenPart(tissue, 10)).toBeCloseTo(0.5);
  // A weaker look later takes nothing back, a look beside the tissue adds nothing.
  area.see(axes, field, { x: 500, y: 250 }, 2);
  area.see(axes, field, { x: 1500, y: 250 }, 40);
  expect(area.unseenPart(tissue, 10)).toBeCloseTo(0.5);
  expect(
    area.unseenPart(
      tissue.map(() => false),
      10,
    ),
  ).toBeNull();
});

test('a field at 40× counts although it is smaller than what is counted', () => {
  const area = new VisitedArea({ originUm: { x: -500, y: -500 }, widthUm: 1000, heightUm: 1000 });
  expect(area.see({ ...axes, micrometresPerPixel: 0.05 }, field, { x: 10, y: 10 }, 40)).toBe(true);
  expect(area.see({ ...axes, micrometresPerPixel: 0.05 }, field, { x: 10, y: 10 }, 40)).toBe(false);
});

test('a turned camera sees a turned field', () => {
  const area = new VisitedArea({ originUm: { x: 0, y: 0 }, widthUm: 2000, heightUm: 2000 });
  area.see({ ...axes, rotationDeg: 90 }, field, { x: 1000, y: 1000 }, 10);
  expect(area.strongestAt(10, 6)).toBe(10);
  expect(area.strongestAt(6, 10)).toBe(0);
});

test('stained pixels are tissue, lit glass and what was never photographed are not', () => {
  expect(isTissue(200, 120, 170, 255)).toBe(true);
  expect(isTissue(90, 70, 140, 255)).toBe(true);
  expect(isTissue(240, 238, 241, 255)).toBe(false);
  expect(isTissue(0, 0, 0, 0)).toBe(false);
});

test('the fields of a scan cover the reach of the stage and never lead beyond it', () => {
  const limits = { x: { minimum: -13_000, maximum: 13_000 }, y: { minimum: -10_000, maximum: 10_000 } };
  const size = { width: 4800, height: 3000 };
  const fields = scanFields(limits, size);
  for (const { x, y } of fields) {
    expect(Math.abs(x)).toBeLessThanOrEqual(13_000);
    expect(Math.abs(y)).toBeLessThanOrEqual(10_000);
  }
  for (let x = -13_000; x <= 13_000; x += 500) {
    for (let y = -10_000; y <= 10_000; y += 500) {
      const isCovered = fields.some(
        (centre) => Math.abs(centre.x - x) <= size.width / 2 && Math.abs(centre.y - y) <= size.height / 2,
      );
      expect(isCovered, `${x}, ${y}`).toBe(true);
    }
  }
});

test('sharpness falls with blur and does not follow the lamp', () => {
  const side = 64;
  const edge = (width: number, lamp: number) =>
    Uint8Array.from({ length: side * side }, (_, index) =>
      Math.round(lamp * (60 + 120 * Math.max(0, Math.min(1, ((index % side) - 32) / width + 0.5)))),
    );
  expect(sharpness(edge(2, 1), side, side)).toBeGreaterThan(2 * sharpness(edge(12, 1), side, side));
  expect(sharpness(edge(2, 0.6), side, side) / sharpness(edge(2, 1), side, side)).toBeCloseTo(1, 1);
  expect(sharpness(new Uint8Array(side * side), side, side)).toBe(0);
});
