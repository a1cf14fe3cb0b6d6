import { expect, test } from 'vitest';
import {
  abilitiesOf,
  deviceSettingsFor,
  hasShapeOf,
  nothingToSet,
} from '#renderer/features/microscope/bench/picture/camera-controls.ts';
import { untouchedCamera } from '#shared/domain/camera-settings.ts';

const sensor = { width: 2592, height: 1944 };
/** As a common USB camera tells them: times in 100 µs. */
const capabilities = {
  exposureMode: ['continuous', 'manual'],
  exposureTime: { min: 3, max: 2047, step: 1 },
  exposureCompensation: { min: -3, max: 3, step: 0.5 },
  whiteBalanceMode: ['continuous', 'manual'],
  colorTemperature: { min: 2800, max: 6500, step: 10 },
};

test('sizes of the moving picture have the shape of the sensor', () => {
  const { liveSizes } = abilitiesOf(capabilities, sensor);
  expect(liveSizes[0]).toEqual(sensor);
  expect(liveSizes.length).toBeGreaterThan(4);
  expect(liveSizes.every((size) => hasShapeOf(size, sensor))).toBe(true);
  expect(hasShapeOf({ width: 1920, height: 1080 }, sensor)).toBe(false);
});

test('exposure and white balance are asked for as the device counts them, within its reach', () => {
  const abilities = abilitiesOf(capabilities, sensor);
  expect(abilities.exposure.timeMs).toEqual({ minimum: 0.3, maximum: 204.7, step: 0.1 });
  expect(
    deviceSettingsFor(
      {
        liveSize: null,
        exposure: { mode: 'manual', timeMs: 1000 },
        whiteBalance: { mode: 'manual', kelvin: 100 },
      },
      abilities,
    ),
  ).toEqual({
    exposureMode: 'manual',
    exposureTime: 2047,
    whiteBalanceMode: 'manual',
    colorTemperature: 2800,
  });
  expect(
    deviceSettingsFor(
      {
        liveSize: null,
        exposure: { mode: 'auto', compensation: 1.5 },
        whiteBalance: { mode: 'auto' },
      },
      abilities,
    ),
  ).toEqual({ exposureMode: 'continuous', exposureCompensation: 1.5, whiteBalanceMode: 'continuous' });
});

test('after a measurement on an empty field the camera no longer changes its white by itself', () => {
  const settings = { ...untouchedCamera, whiteBalance: { mode: 'measured' } } as const;
  expect(deviceSettingsFor(settings, abilitiesOf(capabilities, sensor))).toEqual({
    whiteBalanceMode: 'manual',
  });
});

test('what a camera does not have is neither offered nor asked for', () => {
  const settings = {
    liveSize: null,
    exposure: { mode: 'manual', timeMs: 5 },
    whiteBalance: { mode: 'manual', kelvin: 5000 },
  } as const;
  expect(deviceSettingsFor(settings, nothingToSet)).toEqual({});
  expect(abilitiesOf({}, sensor)).toMatchObject({
    exposure: nothingToSet.exposure,
    whiteBalance: nothingToSet.whiteBalance,
  });
  expect(deviceSettingsFor(untouchedCamera, abilitiesOf(capabilities, sensor))).toEqual({});
});
