import { z } from 'zod';
import { method } from '../rpc/contract.ts';

/** The workstation as a program among others on this machine. */
export const workstation = {
  /** What support asks for first. */
  describe: method(
    z.strictObject({}),
    z.strictObject({ dataDir: z.string(), nodeVersion: z.string(), sqliteVersion: z.string() }),
  ),
  /** Somebody started it a second time: brings its window to the front, or opens one. */
  showWindow: method(
    z.null(),
    z.strictObject({
      isShown: z.boolean(),
      /** Where nobody sits at it: opens one window, soon. */
      url: z.string().optional(),
    }),
  ),
  /**
   * One person tries both ends of the link: starts a second workstation with the simulated microscope and its
   * own processes and data folder, and makes the two contacts of each other.
   */
  tryMicroscope: method(
    z.strictObject({}),
    z.strictObject({
      /** Its window is open; otherwise `url` opens it, soon. */
      isShown: z.boolean(),
      url: z.string(),
    }),
  ),
} as const;
