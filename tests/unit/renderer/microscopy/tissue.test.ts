import { describe, expect, test } from 'vitest';
import { LABEL_FROM_UM } from '#renderer/microscopy/tissue/anatomy.ts';
import { CLEAR_LEVEL } from '#renderer/microscopy/tissue/stain.ts';
import type { TileArea } from '#renderer/microscopy/tissue/stain.ts';
import { createTissue } from '#renderer/microscopy/tissue/tissue.ts';

const tissue = createTissue(1);
/** Muscle, tumour, mucosa and fat. */
const places = [
  { xUm: 0, yUm: 0 },
  { xUm: 3650, yUm: -5150 },
  { xUm: -6000, yUm: -6200 },
  { xUm: 2000, yUm: 4000 },
];

function area(xUm: number, yUm: number, micrometresPerPixel: number, side: number): TileArea {
  return { xUm, yUm, micrometresPerPixel, widthPixels: side, heightPixels: side };
}

/** Light of one pixel, which stained tissue takes most of in green. */
const green = (pixels: Uint8ClampedArray, index: number) => pixels[index * 4 + 1] ?? 0;

describe('the whole slide', () => {
  const STEP_UM = 20;
  const [WIDTH, HEIGHT] = [1200, 900];
  const pixels = tissue.draw({
    xUm: (-WIDTH / 2) * STEP_UM,
    yUm: (-HEIGHT / 2) * STEP_UM,
    micrometresPerPixel: STEP_UM,
    widthPixels: WIDTH,
    heightPixels: HEIGHT,
  });
  const stained: { readonly xUm: number; readonly yUm: number }[] = [];
  let clear = 0;
  for (let index = 0; index < WIDTH * HEIGHT; index += 1) {
    const xUm = ((index % WIDTH) - WIDTH / 2 + 0.5) * STEP_UM;
    const yUm = (Math.floor(index / WIDTH) - HEIGHT / 2 + 0.5) * STEP_UM;
    if (xUm > LABEL_FROM_UM) continue;
    if (green(pixels, index) > CLEAR_LEVEL - 6) clear += 1;
    else stained.push({ xUm, yUm });
  }
  const extent = (of: (place: (typeof stained)[number]) => number) =>
    stained.reduce((widest, place) => Math.max(widest, of(place)), -Infinity) -
    stained.reduce((widest, place) => Math.min(widest, of(place)), Infinity);

  test('is large enough to get lost in: 20 × 15 mm', () => {
    expect(extent(({ xUm }) => xUm) + STEP_UM).toBeGreaterThanOrEqual(20_000);
    expect(extent(({ yUm }) => yUm) + STEP_UM).toBeGreaterThanOrEqual(15_000);
  });

  test('has tissue and glass', () => {
    expect(stained.length / (WIDTH * HEIGHT)).toBeGreaterThan(0.5);
    expect(clear / (WIDTH * HEIGHT)).toBeGreaterThan(0.15);
  });

  test('has detail at 0.5 µm wherever tissue is', () => {
    const fields = stained.filter((_, index) => index % 40_009 === 7);
    expect(fields.length).toBeGreaterThan(10);
    for (const { xUm, yUm } of fields) {
      const field = tissue.draw(area(xUm, yUm, 0.5, 96));
      let steps = 0;
      for (let index = 1; index < 96 * 96; index += 1) {
        if (index % 96 > 0) steps += Math.abs(green(field, index) - green(field, index - 1));
      }
      expect(steps / (96 * 95), `${xUm}, ${yUm}`).toBeGreaterThan(0.5);
    }
  });
});

test('the same seed is the same slide, another one is not', () => {
  const again = createTissue(1);
  const other = createTissue(2);
  for (const { xUm, yUm } of places) {
    const drawn = tissue.draw(area(xUm, yUm, 0.5, 128));
    expect(again.draw(area(xUm, yUm, 0.5, 128))).toEqual(drawn);
    expect(other.draw(area(xUm, yUm, 0.5, 128))).not.toEqual(drawn);
  }
});

test.each([0.25, 0.5, 0.75, 2, 5, 20])('at %s µm no seam shows where tiles meet', (scale) => {
  const side = 128;
  let different = 0;
  for (const { xUm, yUm } of places) {
    const one = tissue.draw(area(xUm, yUm, scale, side));
    // What lies in both, drawn as part of the one and of the other.
    const [right, down] = [48, 80];
    const other = tissue.draw(area(xUm + right * scale, yUm + down * scale, scale, side));
    for (let y = down; y < side; y += 1) {
      for (let x = right; x < side; x += 1) {
        const difference = green(one, y * side + x) - green(other, (y - down) * side + x - right);
        if (Math.abs(difference) > 4) different += 1;
      }
    }
  }
  // At the lowest powers one cell more or less at the border.
  expect(different / (places.length * 80 * 48)).toBeLessThanOrEqual(0.001);
});

test.each([
  [0.5, 2],
  [0.5, 4],
  [2.5, 10],
])('%s and %s µm show the same tissue', (fine, coarse) => {
  const side = 48;
  const factor = coarse / fine;
  for (const { xUm, yUm } of places) {
    const close = tissue.draw(area(xUm, yUm, fine, side * factor));
    const far = tissue.draw(area(xUm, yUm, coarse, side));
    let apart = 0;
    let shifted = 0;
    const meanAt = (column: number, row: number) => {
      let sum = 0;
      for (let index = 0; index < factor * factor; index += 1) {
        const x = column * factor + (index % factor);
        const y = row * factor + Math.floor(index / factor);
        sum += green(close, y * side * factor + x);
      }
      return sum / factor ** 2;
    };
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        const mean = meanAt(column, row);
        apart += Math.abs(mean - green(far, row * side + column));
        shifted += Math.abs(mean - green(far, row * side + ((column + 9) % side)));
      }
    }
    expect(apart / side ** 2, `${xUm}, ${yUm}`).toBeLessThan(14);
    expect(apart).toBeLessThan(shifted);
  }
});
