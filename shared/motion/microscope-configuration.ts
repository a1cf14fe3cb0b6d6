import { z } from 'zod';
import { Objective } from './objective.ts';
import { PositionUm } from './position.ts';

const Range = z.strictObject({ minimum: z.number(), maximum: z.number() });

/** Which driver, how it is reached and what it may do. Kept by the backend, held by the device host. */
export const ControllerConfiguration = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('simulated'),
    /** Where the simulated controller listens; filled in by the backend, which starts it. */
    socketPath: z.string().max(200).optional(),
  }),
  z.strictObject({
    driver: z.literal('prior-proscan'),
    serialPath: z.string().min(1).max(200),
    baudRate: z.number().int().positive().default(9600),
  }),
  z.strictObject({ driver: z.literal('openflexure'), url: z.url() }),
]);
export type ControllerConfiguration = z.infer<typeof ControllerConfiguration>;

export const MicroscopeConfiguration = z.strictObject({
  controller: ControllerConfiguration,
  objectives: z.array(Objective).min(1).max(8),
  /** Soft limits of the stage; no path leads beyond them. */
  stageLimitsUm: z.strictObject({ x: Range, y: Range }),
  /** Where Z is retracted to before the turret turns or a slide is changed. */
  retractedFocusUm: z.number(),
  /** Where the stage goes for a slide change. */
  loadPositionUm: PositionUm,
});
export type MicroscopeConfiguration = z.infer<typeof MicroscopeConfiguration>;
