import type { MicroscopeConfiguration } from './microscope-configuration.ts';
import type { Objective } from './objective.ts';

/** Camera of the simulated microscope: pixels of the sensor, and their size in µm at 1×. */
export const simulatedSensor = { widthPixels: 1920, heightPixels: 1200, pitchUm: 5 } as const;

/** Half the range a focus drive is given: wide at low power, narrow where the objective is near the slide. */
const focusHalfRangeUm: Readonly<Record<number, number>> = {
  2: 800,
  4: 500,
  10: 250,
  20: 120,
  40: 80,
  100: 40,
};

function objective(
  id: number,
  magnification: number,
  numericalAperture: number,
  rest: Pick<
    Objective,
    'parfocalOffsetUm' | 'parcentricOffsetUm' | 'maximumStageSpeedUmPerS' | 'maximumFocusSpeedUmPerS'
  > &
    Partial<Pick<Objective, 'immersion'>>,
): Objective {
  const half = focusHalfRangeUm[magnification] ?? 40;
  return {
    id,
    magnification,
    numericalAperture,
    immersion: 'dry',
    micrometresPerPixel: simulatedSensor.pitchUm / magnification,
    focusLimitsUm: { minimum: rest.parfocalOffsetUm - half, maximum: rest.parfocalOffsetUm + half },
    ...rest,
  };
}

/**
 * What the simulated microscope is set up as: a turret of six, a stage that reaches 26 × 20 mm around the
 * middle of the slide, the slide in focus near z = 0.
 */
export const simulatedMicroscope: MicroscopeConfiguration = {
  controller: { driver: 'simulated' },
  objectives: [
    objective(1, 2, 0.06, {
      parfocalOffsetUm: 0,
      parcentricOffsetUm: { x: 0, y: 0 },
      maximumStageSpeedUmPerS: 12_000,
      maximumFocusSpeedUmPerS: 800,
    }),
    objective(2, 4, 0.13, {
      parfocalOffsetUm: 6,
      parcentricOffsetUm: { x: 20, y: -12 },
      maximumStageSpeedUmPerS: 10_000,
      maximumFocusSpeedUmPerS: 500,
    }),
    objective(3, 10, 0.3, {
      parfocalOffsetUm: -4,
      parcentricOffsetUm: { x: -9, y: 14 },
      maximumStageSpeedUmPerS: 6000,
      maximumFocusSpeedUmPerS: 300,
    }),
    objective(4, 20, 0.5, {
      parfocalOffsetUm: 3,
      parcentricOffsetUm: { x: 7, y: 5 },
      maximumStageSpeedUmPerS: 4000,
      maximumFocusSpeedUmPerS: 150,
    }),
    objective(5, 40, 0.75, {
      parfocalOffsetUm: 1,
      parcentricOffsetUm: { x: -4, y: -6 },
      maximumStageSpeedUmPerS: 3000,
      maximumFocusSpeedUmPerS: 100,
    }),
    objective(6, 100, 1.3, {
      parfocalOffsetUm: 2,
      parcentricOffsetUm: { x: 3, y: -2 },
      immersion: 'oil',
      maximumStageSpeedUmPerS: 1000,
      maximumFocusSpeedUmPerS: 40,
    }),
  ],
  stageLimitsUm: { x: { minimum: -13_000, maximum: 13_000 }, y: { minimum: -10_000, maximum: 10_000 } },
  retractedFocusUm: -2000,
  loadPositionUm: { x: -13_000, y: -10_000, z: -2000 },
};
