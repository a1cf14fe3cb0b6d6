import { z } from 'zod';
import { PointUm, PositionUm } from '../motion/position.ts';

/**
 * What two people and their pages say to each other, sealed between the two backends. Unknown kinds are
 * passed over and unknown fields dropped: two hospitals never update on the same day.
 */
const Colour = z.enum(['yellow', 'cyan', 'magenta']);

export const Mark = z.object({
  markId: z.uuid(),
  kind: z.enum(['arrow', 'freehand', 'length', 'text']),
  /** Slide coordinates: a mark stays on the tissue when the stage moves. */
  pointsUm: z.array(PointUm).min(1).max(500),
  text: z.string().max(200).default(''),
  colour: Colour.default('yellow'),
  by: z.enum(['bench', 'pathologist']),
});
export type Mark = z.infer<typeof Mark>;

export const stillForms = ['lossy', 'region', 'lossless'] as const;

/** What a window shows of a frame, in parts of its width and height. */
export const PartOfFrame = z.object({
  left: z.number().min(0).max(1),
  top: z.number().min(0).max(1),
  width: z.number().positive().max(1),
  height: z.number().positive().max(1),
});
export type PartOfFrame = z.infer<typeof PartOfFrame>;

/** Pixels of a frame, from its upper left corner. */
export const PixelRegion = z.object({
  left: z.number().int().min(0),
  top: z.number().int().min(0),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
export type PixelRegion = z.infer<typeof PixelRegion>;

/** One picture to diagnose on: what it shows and where, at the moment of its exposure. */
export const StillFacts = z.object({
  stillId: z.uuid(),
  slideId: z.uuid(),
  label: z.string().max(64),
  takenAtUtc: z.iso.datetime(),
  deviceTimeMs: z.number(),
  /** Of the stage; less the offset of the objective it is the place of the slide. */
  positionUm: PositionUm,
  objectiveId: z.number().int(),
  parcentricOffsetUm: PointUm.default({ x: 0, y: 0 }),
  magnification: z.number(),
  numericalAperture: z.number(),
  micrometresPerPixel: z.number(),
  widthPixels: z.number().int(),
  heightPixels: z.number().int(),
  /** Pixels of the frame the `region` form holds; null: there is no such form. */
  region: PixelRegion.nullable().default(null),
  /** Null, like hash and size, until the whole frame has been encoded: the lossy form is shown before. */
  focusScore: z.number().nullable(),
  /** Of the lossless file, hex. */
  sha256: z.string().length(64).nullable(),
  sizeBytes: z.number().int().nullable(),
  requestedBy: z.enum(['bench', 'pathologist']),
  /** Pinned by a person; otherwise taken because the stage settled, and forgotten with the next move. */
  isKept: z.boolean(),
});
export type StillFacts = z.infer<typeof StillFacts>;

/** What the other side needs to draw scale bar and turret. */
export const RemoteMicroscope = z.object({
  kind: z.literal('microscope'),
  objectives: z.array(
    z.object({
      id: z.number().int(),
      magnification: z.number(),
      numericalAperture: z.number(),
      immersion: z.enum(['dry', 'oil']),
      micrometresPerPixel: z.number(),
      /** From camera axes to stage axes, anticlockwise; as calibrated. */
      rotationDeg: z.number().default(0),
      isMirrored: z.boolean().default(false),
      /** Centre relative to the first objective. */
      parcentricOffsetUm: PointUm.default({ x: 0, y: 0 }),
      maximumStageSpeedUmPerS: z.number(),
      maximumFocusSpeedUmPerS: z.number(),
    }),
  ),
  sensor: z.object({ widthPixels: z.number().int(), heightPixels: z.number().int() }),
  stageLimitsUm: z.object({
    x: z.object({ minimum: z.number(), maximum: z.number() }),
    y: z.object({ minimum: z.number(), maximum: z.number() }),
  }),
});
export type RemoteMicroscope = z.infer<typeof RemoteMicroscope>;

export const Talk = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('chat'),
    messageId: z.uuid(),
    text: z.string().min(1).max(2000),
    sentAtUtc: z.iso.datetime(),
  }),
  /** Laser pointer; null: taken away. */
  z.object({ kind: z.literal('pointer'), atUm: PointUm.nullable() }),
  z.object({ kind: z.literal('mark'), mark: Mark }),
  z.object({ kind: z.literal('mark-removed'), markId: z.uuid() }),
  z.object({
    kind: z.literal('voice'),
    isMuted: z.boolean(),
    isPushToTalk: z.boolean(),
    hasCamera: z.boolean(),
  }),
  /** Which stream of the live peer shows what; ids as in the SDP. */
  z.object({
    kind: z.literal('streams'),
    microscope: z.string().nullable(),
    person: z.string().nullable(),
    second: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('request-still'),
    stillId: z.uuid(),
    isKept: z.boolean(),
    lossyWidth: z.number().int(),
    /** What is visible where it is asked for; null: the whole frame. */
    visible: PartOfFrame.nullable().default(null),
  }),
  z.object({ kind: z.literal('still'), facts: StillFacts }),
  /** One form of a still follows over bulk under this id. */
  z.object({
    kind: z.literal('still-form'),
    stillId: z.uuid(),
    form: z.enum(stillForms),
    transferId: z.uuid(),
    sha256: z.string().length(64),
    qualityPercent: z.number().nullable(),
  }),
  z.object({ kind: z.literal('still-refused'), stillId: z.uuid(), reason: z.string().max(64) }),
  /** The overview of a slide follows over bulk. */
  z.object({
    kind: z.literal('map'),
    slideId: z.uuid(),
    transferId: z.uuid(),
    originUm: PointUm,
    micrometresPerPixel: z.number(),
    widthPixels: z.number().int(),
    heightPixels: z.number().int(),
  }),
  RemoteMicroscope,
  /** The viewer's own figures, shown at both ends. */
  z.object({
    kind: z.literal('quality'),
    glassToGlassMs: z.number().nullable(),
    roundTripMs: z.number().nullable(),
    lossPercent: z.number().nullable(),
    framesPerSecond: z.number().nullable(),
    widthPixels: z.number().nullable(),
    heightPixels: z.number().nullable(),
    kilobitsPerSecond: z.number().nullable(),
    isRelayed: z.boolean().nullable(),
    codec: z.string().nullable(),
  }),
]);
export type Talk = z.infer<typeof Talk>;
