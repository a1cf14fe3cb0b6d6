import { z } from 'zod';

/** How one camera is set; `null` leaves it as the camera itself has it. */
export const CameraSettings = z.strictObject({
  /** Of the moving picture; stills are of the whole sensor whatever is chosen here. */
  liveSize: z
    .strictObject({ width: z.number().int().positive(), height: z.number().int().positive() })
    .nullable(),
  exposure: z
    .discriminatedUnion('mode', [
      z.strictObject({
        mode: z.literal('auto'),
        /** As the device counts it: mostly in stops. */
        compensation: z.number().nullable(),
      }),
      z.strictObject({ mode: z.literal('manual'), timeMs: z.number().positive().nullable() }),
    ])
    .nullable(),
  whiteBalance: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('auto') }),
      z.strictObject({ mode: z.literal('manual'), kelvin: z.number().positive().nullable() }),
      /** Held still, and evened out by what was measured on an empty field. */
      z.strictObject({ mode: z.literal('measured') }),
    ])
    .nullable(),
});
export type CameraSettings = z.infer<typeof CameraSettings>;

export const untouchedCamera: CameraSettings = { liveSize: null, exposure: null, whiteBalance: null };
