import { z } from 'zod';

/** Coordinates of the stage in µm; z grows towards the objective. */
export const PositionUm = z.strictObject({ x: z.number(), y: z.number(), z: z.number() });
export type PositionUm = z.infer<typeof PositionUm>;

export const PointUm = z.strictObject({ x: z.number(), y: z.number() });
export type PointUm = z.infer<typeof PointUm>;

export const axes = ['x', 'y', 'z'] as const;
export type Axis = (typeof axes)[number];

/** Silence of a controller is `unknown`, never `idle`. */
export const deviceStates = ['idle', 'moving', 'unknown'] as const;
export const DeviceState = z.enum(deviceStates);
export type DeviceState = z.infer<typeof DeviceState>;
