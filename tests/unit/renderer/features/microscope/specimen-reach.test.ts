import { expect, test } from 'vitest';
import { partInReach, sizeOfSpecimenUm } from '#renderer/features/microscope/bench/specimen-reach.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';

const { stageLimitsUm } = simulatedMicroscope;
const level = { micrometresPerPixel: 0.5, tileWidth: 256, tileHeight: 256, form: 'encoded' } as const;

test('of a slide larger than the reach of the stage only the middle is seen, and how much is known', () => {
  const slide = sizeOfSpecimenUm({ ...level, widthPixels: 110_000, heightPixels: 30_000 });
  expect(slide).toEqual({ width: 55_000, height: 15_000 });
  expect(partInReach(slide, stageLimitsUm)).toEqual({ width: 26_000, height: 15_000 });
  expect(partInReach({ width: 1000, height: 25_000 }, stageLimitsUm)).toEqual({
    width: 1000,
    height: 20_000,
  });
});

test('a slide within the reach needs no word', () => {
  expect(partInReach({ width: 26_000, height: 20_000 }, stageLimitsUm)).toBeUndefined();
});
