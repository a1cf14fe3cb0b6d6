import { z } from 'zod';
import { Parties, RefusalReason } from './intent.ts';
import { DeviceState, PositionUm } from './position.ts';

export const procedureKinds = [
  'change-objective',
  'autofocus',
  'overview-scan',
  'calibration',
  'slide-change',
] as const;

/** Everything the device host says about itself, every `TELEMETRY_INTERVAL_MS`. The newest one counts. */
export const Telemetry = z.strictObject({
  /** The device host's own monotonic clock; frames are stamped in it too. */
  deviceTimeMs: z.number(),
  nonce: z.string().max(32),
  /** The newest intent of the remote that was opened, and how long ago: gives the round trip. */
  echo: z.strictObject({ sequence: z.number().int(), heldMs: z.number() }).nullable(),
  isControllerConnected: z.boolean(),
  /** Plain code of what is wrong with the controller; the screen has a sentence for each. */
  fault: z.string().max(64).nullable(),
  positionUm: PositionUm,
  axes: z.strictObject({ x: DeviceState, y: DeviceState, z: DeviceState }),
  /** Null while the turret turns or its place is unknown. */
  objectiveId: z.number().int().nullable(),
  turret: DeviceState,
  lampPercent: z.number().nullable(),
  lease: z.strictObject({
    epoch: z.number().int(),
    holder: Parties.nullable(),
    /** Who has asked for control and waits. */
    requestedBy: Parties.nullable(),
  }),
  stop: z.strictObject({ by: Parties }).nullable(),
  procedure: z
    .strictObject({
      procedureId: z.uuid(),
      kind: z.enum(procedureKinds),
      startedBy: Parties,
      /** 0 to 1. */
      progress: z.number().min(0).max(1),
    })
    .nullable(),
  /** How the last procedure ended. */
  lastProcedure: z
    .strictObject({
      procedureId: z.uuid(),
      outcome: z.enum(['done', 'cancelled', 'stopped', 'failed']),
      reason: z.string().max(64).nullable(),
    })
    .nullable(),
  /** A change of objectives has not come back to the slide: nothing is in focus until one is asked for again. */
  isAwayFromSlide: z.boolean().default(false),
  slide: z
    .strictObject({
      slideId: z.uuid(),
      label: z.string(),
      agreedBy: z.array(Parties),
    })
    .nullable(),
  isSlideChanging: z.boolean(),
  /** Whether the remote may steer by velocity now, and why not. */
  velocityRefusal: RefusalReason.nullable(),
  /**
   * The last intent or request that was refused, with the number of all refusals of this session. It is heard of late:
   * only `intent` tells which one of whose commands it was; null for requests and for what could not be read.
   */
  refused: z
    .strictObject({
      reason: RefusalReason,
      count: z.number().int(),
      intent: z.strictObject({ by: Parties, sequence: z.number().int() }).nullable(),
    })
    .nullable(),
  /**
   * How many more were not executed because something newer, or the same, had come before. Networks reorder and
   * repeat: it ends nothing that is meant.
   */
  overtaken: z.number().int(),
  focusScore: z.number().nullable(),
});
export type Telemetry = z.infer<typeof Telemetry>;
