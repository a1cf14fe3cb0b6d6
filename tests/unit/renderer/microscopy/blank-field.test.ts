import { expect, test } from 'vitest';
import { judgeField } from '#renderer/microscopy/blank-field.ts';
import { createTissue } from '#renderer/microscopy/tissue/tissue.ts';
import { gainsOf } from '#shared/domain/white-balance.ts';

const [WIDTH, HEIGHT] = [160, 100];
const tissue = createTissue(1);

/** The slide at a place of it, in the light of a lamp whose channels are not alike, darker to the corners. */
function field(xUm: number, yUm: number, lamp = { red: 1, green: 0.96, blue: 0.88 }): ImageData {
  const data = Uint8ClampedArray.from(
    tissue.draw({ xUm, yUm, micrometresPerPixel: 5, widthPixels: WIDTH, heightPixels: HEIGHT }),
  );
  for (let at = 0; at < data.length; at += 4) {
    const [x, y] = [((at / 4) % WIDTH) / WIDTH - 0.5, Math.floor(at / 4 / WIDTH) / HEIGHT - 0.5];
    const light = 1 - 0.25 * (x * x + y * y) + (Math.random() - 0.5) * 0.03;
    data[at] = (data[at] ?? 0) * light * lamp.red;
    data[at + 1] = (data[at + 1] ?? 0) * light * lamp.green;
    data[at + 2] = (data[at + 2] ?? 0) * light * lamp.blue;
  }
  return { data, width: WIDTH, height: HEIGHT, colorSpace: 'srgb' };
}

const glass = [-12_500, -9500] as const;

test('an empty field is measured, and its gains make it grey without clipping anything', () => {
  const judged = judgeField(field(...glass));
  if (judged.kind !== 'blank') throw new Error(judged.reason);
  const gains = gainsOf(judged.means);
  expect(gains.blue).toBe(1);
  expect(gains.red).toBeCloseTo(0.88, 2);
  expect(gains.green).toBeCloseTo(0.88 / 0.96, 2);
});

test.each([
  ['tissue all over', field(0, 0), 'not-blank'],
  ['the edge of the tissue', field(3000, -5700), 'not-blank'],
  ['too much light', field(...glass, { red: 1.1, green: 1.1, blue: 1 }), 'clipped'],
  ['hardly any light', field(...glass, { red: 0.2, green: 0.2, blue: 0.2 }), 'dark'],
  ['a filter in the light', field(...glass, { red: 0.3, green: 1, blue: 0.3 }), 'coloured'],
] as const)('%s is refused', (_name, picture, reason) => {
  expect(judgeField(picture)).toEqual({ kind: 'refused', reason });
});
