import { z } from 'zod';
import { PointUm } from './position.ts';

export const Objective = z.strictObject({
  /** Station of the turret, from 1. */
  id: z.number().int().min(1).max(8),
  magnification: z.number().positive(),
  numericalAperture: z.number().positive(),
  immersion: z.enum(['dry', 'oil']),
  /** Of the full sensor frame; measured by calibration. */
  micrometresPerPixel: z.number().positive(),
  /** Focus and centre relative to the first objective. */
  parfocalOffsetUm: z.number(),
  parcentricOffsetUm: PointUm,
  /** Focus never leaves this range with this objective. */
  focusLimitsUm: z.strictObject({ minimum: z.number(), maximum: z.number() }),
  /** Ceiling of stage and focus speed with this objective, µm/s. */
  maximumStageSpeedUmPerS: z.number().positive(),
  maximumFocusSpeedUmPerS: z.number().positive(),
});
export type Objective = z.infer<typeof Objective>;
