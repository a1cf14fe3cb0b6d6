import { z } from 'zod';
import { PositionUm } from '#shared/motion/position.ts';

/** Lines of JSON between the device host and the simulated controller, as another controller has its commands. */

const AxisMove = z.strictObject({ towardUm: z.number(), speedUmPerS: z.number().nonnegative() });

export const StageCommand = z.discriminatedUnion('command', [
  /** Takes the place of every move before it; axes it does not name come to rest, all do after `durationMs`. */
  z.strictObject({
    command: z.literal('move'),
    axes: z.strictObject({ x: AxisMove.optional(), y: AxisMove.optional(), z: AxisMove.optional() }),
    durationMs: z.number().positive().max(120),
    /** Of the intent behind it, monotonic clock; only written to the position log. */
    acceptedAtMs: z.number(),
  }),
  z.strictObject({ command: z.literal('halt') }),
  z.strictObject({ command: z.literal('turret'), station: z.number().int().min(1).max(8) }),
  z.strictObject({ command: z.literal('lamp'), percent: z.number().min(0).max(100) }),
]);
export type StageCommand = z.infer<typeof StageCommand>;

/** Sent on connection and about 60 times a second. */
export const StageReport = z.strictObject({
  pid: z.number().int(),
  logPath: z.string(),
  /** Monotonic clock. */
  atMs: z.number(),
  /** What the encoders of the motors say. */
  encoderUm: PositionUm,
  /** Where the optics truly are: behind the encoders by the backlash. */
  opticsUm: PositionUm,
  moving: z.strictObject({ x: z.boolean(), y: z.boolean(), z: z.boolean() }),
  /** Null while the turret turns. */
  objectiveId: z.number().int().nullable(),
  lampPercent: z.number(),
});
export type StageReport = z.infer<typeof StageReport>;

/** Where everything stands, as far as it has to be known to go on from there. */
export interface StageStanding {
  readonly positionUm: PositionUm;
  readonly station: number;
  readonly lampPercent: number;
}

/** What the backend tells the stage when it starts it. */
export interface StageStart {
  readonly logPath: string;
  readonly socketPath: string;
  /** Of the process before this one: a microscope stays where it is when what steers it ends. */
  readonly standing?: StageStanding | undefined;
}
/** What the backend hears: once when the stage listens, and then whenever something stands elsewhere. */
export interface StageNews {
  readonly standing: StageStanding;
}
