import { z } from 'zod';
import { PointUm } from './position.ts';

const Common = {
  /** Grows with every grant of control; an intent of an older lease is foreign. */
  leaseEpoch: z.number().int().nonnegative(),
  /** Strictly increasing within one lease and link epoch. */
  sequence: z.number().int().nonnegative(),
  /** The newest nonce of the device host that its sender knows. */
  nonce: z.string().max(32),
};

/** What the person steering means right now. It drives for at most `INTENT_LIFETIME_MS`, then it has to be meant again. */
export const MotionIntent = z.discriminatedUnion('kind', [
  z.strictObject({
    ...Common,
    kind: z.literal('velocity'),
    velocityUmPerS: z.strictObject({ x: z.number(), y: z.number(), z: z.number() }),
    /** Device time stamped into the frame the person looks at; null where no frame has been shown. */
    shownFrameDeviceTimeMs: z.number().nullable(),
  }),
  /** A finite move; repeated with the same id until it has arrived. Axes that are absent do not move. */
  z.strictObject({
    ...Common,
    kind: z.literal('target'),
    targetId: z.uuid(),
    targetUm: z.strictObject({
      x: z.number().optional(),
      y: z.number().optional(),
      z: z.number().optional(),
    }),
  }),
  /** Keeps a running procedure (autofocus, objective change) alive. */
  z.strictObject({ ...Common, kind: z.literal('hold'), procedureId: z.uuid() }),
  /**
   * Nothing is held: moves nothing, renews the lease and measures the round trip. Sent as soon as the
   * controls are let go: after a STOP was released, velocities and targets need one of these first.
   */
  z.strictObject({ ...Common, kind: z.literal('rest') }),
]);
export type MotionIntent = z.infer<typeof MotionIntent>;

/** Why an intent was not executed; each is counted and has a sentence on the screen. */
export const refusalReasons = [
  'not-holder',
  'old-lease',
  'old-sequence',
  'unknown-nonce',
  'stale-nonce',
  'stale-picture',
  'slow-link',
  'outside-limits',
  'stopped',
  'no-slide',
  'slide-change',
  'busy',
  'oil-objective',
  'device-unknown',
  'not-permitted',
  'malformed',
] as const;
export const RefusalReason = z.enum(refusalReasons);
export type RefusalReason = z.infer<typeof RefusalReason>;

export const Parties = z.enum(['bench', 'remote']);
/** The bench is the person at the microscope, the remote the pathologist. */
export type Party = z.infer<typeof Parties>;

/** What is asked of the device host once, reliably and in order; everything else is an intent. */
export const DeviceRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('request-lease') }),
  z.strictObject({ kind: z.literal('release-lease') }),
  z.strictObject({ kind: z.literal('grant-lease'), to: Parties }),
  z.strictObject({ kind: z.literal('take-back') }),
  /** Needs no lease, from anybody, always. */
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('release-stop') }),
  z.strictObject({
    kind: z.literal('change-objective'),
    leaseEpoch: z.number().int(),
    procedureId: z.uuid(),
    objectiveId: z.number().int(),
  }),
  z.strictObject({
    kind: z.literal('autofocus'),
    leaseEpoch: z.number().int(),
    procedureId: z.uuid(),
    /** Null: where the stage is. */
    atUm: PointUm.nullable(),
  }),
  z.strictObject({ kind: z.literal('cancel-procedure'), procedureId: z.uuid() }),
  z.strictObject({
    kind: z.literal('set-lamp'),
    leaseEpoch: z.number().int(),
    /** 0 to 100. */
    intensityPercent: z.number().min(0).max(100),
  }),
  /** 標本交換: only from the bench. Motion off, objective up, the old label gone. */
  z.strictObject({ kind: z.literal('begin-slide-change') }),
  /** The label the bench read from the new slide. */
  z.strictObject({
    kind: z.literal('propose-slide'),
    slideId: z.uuid(),
    label: z.string().trim().min(1).max(64),
  }),
  /** Motion by the remote is possible once both have agreed to the same label. */
  z.strictObject({ kind: z.literal('agree-slide'), slideId: z.uuid(), label: z.string().max(64) }),
]);
export type DeviceRequest = z.infer<typeof DeviceRequest>;

/** What is sealed on the stream of requests. */
export const IdentifiedRequest = z.strictObject({ requestId: z.uuid(), request: DeviceRequest });

export const DeviceReply = z.strictObject({
  requestId: z.uuid(),
  refused: RefusalReason.nullable(),
});
export type DeviceReply = z.infer<typeof DeviceReply>;
