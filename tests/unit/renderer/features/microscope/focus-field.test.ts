import { describe, expect, test } from 'vitest';
import { fieldOf, isBlank } from '#renderer/features/microscope/view/focus-field.ts';
import { sharpness } from '#renderer/features/microscope/view/sharpness.ts';
import { hash } from '#renderer/microscopy/tissue/noise.ts';
import { stampNucleus } from '#renderer/microscopy/tissue/nuclei.ts';
import { CLEAR_LEVEL, StainedTile } from '#renderer/microscopy/tissue/stain.ts';
import { createTissue } from '#renderer/microscopy/tissue/tissue.ts';
import { bestOf, depthOfFocusUm } from '#shared/motion/focus-search.ts';
import type { Objective } from '#shared/motion/objective.ts';
import { simulatedMicroscope, simulatedSensor } from '#shared/motion/simulated-microscope.ts';

/** Half of the square that is scored: fewer pixels bear less noise. */
const SIDE = 192;
/** Around the field, so that blur brings in what lies there. */
const MARGIN = 40;
const WHOLE = SIDE + 2 * MARGIN;
const LIVE_WIDTH = 1280;
const tissue = createTissue(1);

/** A camera's noise; the same for the same frame. */
function noisy(value: number, at: number, frame: number, deviation: number): number {
  let sum = -1.5;
  for (let part = 0; part < 3; part += 1) sum += hash(at, frame, part);
  return Math.max(0, Math.min(255, Math.round(value + sum * 2 * deviation)));
}

function greenOf(pixels: Uint8ClampedArray): Float32Array {
  return Float32Array.from({ length: pixels.length / 4 }, (_, index) => pixels[index * 4 + 1] ?? 0);
}

/** A bell as wide as the defocused spot; along rows, then along columns. */
function blurred(field: Float32Array, sigmaPixels: number): Float32Array {
  const reach = Math.min(MARGIN, Math.ceil(sigmaPixels * 3));
  const weights = Array.from({ length: reach * 2 + 1 }, (_, index) =>
    Math.exp(-((index - reach) ** 2) / (2 * sigmaPixels ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (from: Float32Array, step: number) => {
    const to = new Float32Array(from.length);
    // What is nearer to the border than the spot is wide comes out wrong, and lies in the margin.
    for (let at = reach * step; at < from.length - reach * step; at += 1) {
      let sum = 0;
      for (let index = 0; index < weights.length; index += 1) {
        sum += (weights[index] ?? 0) * (from[at + (index - reach) * step] ?? 0);
      }
      to[at] = sum / total;
    }
    return to;
  };
  return along(along(field, 1), WHOLE);
}

/** What falls onto the camera so far from the focus: the middle, after diffraction and defocus. */
function seen(field: Float32Array, objective: Objective, zUm: number): Float32Array {
  const { numericalAperture } = objective;
  const pixelUm = (objective.micrometresPerPixel * simulatedSensor.widthPixels) / LIVE_WIDTH;
  const sigmaUm = Math.hypot((0.21 * 0.55) / numericalAperture, (Math.abs(zUm) * numericalAperture) / 2);
  const spread = blurred(field, sigmaUm / pixelUm);
  return Float32Array.from({ length: SIDE * SIDE }, (_, index) => {
    const at = (Math.floor(index / SIDE) + MARGIN) * WHOLE + (index % SIDE) + MARGIN;
    return spread[at] ?? 0;
  });
}

/** Part of the slide as large as the field of focus of that objective. */
function tissueField({ micrometresPerPixel }: Objective, xUm: number, yUm: number): Float32Array {
  const pixelUm = (micrometresPerPixel * simulatedSensor.widthPixels) / LIVE_WIDTH;
  return greenOf(
    tissue.draw({ xUm, yUm, micrometresPerPixel: pixelUm, widthPixels: WHOLE, heightPixels: WHOLE }),
  );
}

/** Glass with a handful of cells. */
function sparseField({ micrometresPerPixel }: Objective): Float32Array {
  const pixelUm = (micrometresPerPixel * simulatedSensor.widthPixels) / LIVE_WIDTH;
  const area = { xUm: 0, yUm: 0, micrometresPerPixel: pixelUm, widthPixels: WHOLE, heightPixels: WHOLE };
  const tile = new StainedTile(area);
  // They cover one or two hundredths of the field, whatever the power.
  const cells = Math.ceil(((SIDE * pixelUm) ** 2 * 0.015) / 63);
  for (let cell = 0; cell < cells; cell += 1) {
    stampNucleus(tile, {
      xUm: (MARGIN + hash(cell, 1, 1) * SIDE) * pixelUm,
      yUm: (MARGIN + hash(cell, 2, 1) * SIDE) * pixelUm,
      longUm: 5,
      shortUm: 4,
      angleRad: cell,
      density: 1.4,
      coarseness: 0.5,
      nucleoli: 0,
      salt: cell,
    });
  }
  return greenOf(tile.toPixels());
}

const powers = simulatedMicroscope.objectives.filter(({ magnification }) =>
  [4, 10, 20, 40].includes(magnification),
);
/** The simulated camera's, and three times as much. */
const deviations = [0, 2.4, 7];

describe.each(powers)('at $magnification×', (objective) => {
  const depthUm = depthOfFocusUm(objective);
  const places = Array.from({ length: 13 }, (_, index) => ((index - 6) * depthUm) / 2);
  const fields = {
    mucosa: tissueField(objective, 0, -6000),
    muscle: tissueField(objective, -2000, 1000),
    'a handful of cells': sparseField(objective),
  };

  test.each(Object.entries(fields))('%s is sharpest within the depth of focus', (_name, field) => {
    const bySide = places.filter((zUm) => zUm >= 0).map((zUm) => seen(field, objective, zUm));
    for (const deviation of deviations) {
      const samples = places.map((zUm, frame) => {
        const light = bySide[Math.abs(frame - 6)] ?? new Float32Array();
        const grey = Uint8Array.from(light, (value, at) => noisy(value, at, frame, deviation));
        return { zUm, score: sharpness(grey, SIDE, SIDE), isBlank: isBlank(grey) };
      });
      const best = bestOf(samples);
      expect(Math.abs(best?.zUm ?? Infinity), `noise ${deviation}`).toBeLessThanOrEqual(depthUm / 2);
      expect(best?.isBlank).toBe(false);
    }
  });
});

describe('an empty field', () => {
  const glass = (deviation: number) =>
    Uint8Array.from({ length: SIDE * SIDE }, (_, index) => noisy(CLEAR_LEVEL, index, 0, deviation));

  test('is blank, with noise, hot pixels and a grain of dust in it too', () => {
    expect(isBlank(glass(0))).toBe(true);
    expect(isBlank(glass(3))).toBe(true);
    const spoiled = glass(2.4);
    for (let pixel = 0; pixel < 12; pixel += 1) spoiled[Math.floor(hash(pixel, 3, 1) * spoiled.length)] = 255;
    spoiled[7] = 0;
    for (let y = 100; y < 106; y += 1) spoiled.fill(90, y * SIDE + 60, y * SIDE + 66);
    expect(isBlank(spoiled)).toBe(true);
  });

  test('is not blank once a hundredth of it is stained', () => {
    const stained = glass(2.4);
    for (let y = 0; y < 20; y += 1) stained.fill(150, y * SIDE, y * SIDE + 20);
    expect(isBlank(stained)).toBe(false);
  });
});

test('live picture and whole sensor are scored over the same part of the field', () => {
  const live = fieldOf(1280, 800);
  const still = fieldOf(1920, 1200);
  for (const edge of ['left', 'top', 'side'] as const)
    expect(still[edge] / 1920).toBeCloseTo(live[edge] / 1280, 9);
  // At the border the square is moved, not cut.
  expect(fieldOf(1280, 800, { x: 1, y: 0 })).toEqual({ left: 1280 - 384, top: 0, side: 384 });
});
