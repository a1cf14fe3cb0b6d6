import { z } from 'zod';
import { ChannelMeans, WhiteBalance } from '../domain/white-balance.ts';
import { PartOfFrame, RemoteMicroscope, StillFacts, Talk } from '../link/talk.ts';
import { DeviceReply, DeviceRequest, MotionIntent } from '../motion/intent.ts';
import { MicroscopeConfiguration } from '../motion/microscope-configuration.ts';
import { PointUm, PositionUm } from '../motion/position.ts';
import { Telemetry } from '../motion/telemetry.ts';
import { event, method } from '../rpc/contract.ts';
import { OpenedSpecimen } from './specimen.ts';

export const Still = z.strictObject({
  facts: StillFacts,
  /** Forms that are here: `/microscope/stills/<stillId>/<form>`. */
  forms: z.array(
    z.strictObject({
      form: z.enum(['lossy', 'region', 'lossless']),
      qualityPercent: z.number().nullable(),
      isVerified: z.boolean(),
    }),
  ),
  /** Study of the archive it was saved to. */
  archivedSopUid: z.string().nullable(),
});
export type Still = z.infer<typeof Still>;

/** Pictures nobody pinned that are kept for going back to what was just seen. */
export const UNPINNED_STILLS = 12;

export const Calibration = z.strictObject({
  objectiveId: z.number().int(),
  micrometresPerPixel: z.number().positive(),
  /** From camera axes to stage axes, anticlockwise. */
  rotationDeg: z.number(),
  isMirrored: z.boolean(),
  focusLimitsUm: z.strictObject({ minimum: z.number(), maximum: z.number() }),
  residualPixels: z.number(),
  measuredAtMs: z.number(),
  measuredBy: z.string(),
});
export type Calibration = z.infer<typeof Calibration>;

/** How far focus may go with an objective, as found on a test slide and confirmed by a person. */
export const FocusLimits = z.strictObject({
  objectiveId: z.number().int(),
  /** Where the test slide was in focus. */
  focusUm: z.number(),
  focusLimitsUm: z.strictObject({ minimum: z.number(), maximum: z.number() }),
  measuredAtMs: z.number(),
  measuredBy: z.string(),
});
export type FocusLimits = z.infer<typeof FocusLimits>;

export const checkSteps = ['link', 'sound', 'stop', 'white-balance', 'focus-limits'] as const;
export const DayCheck = z.strictObject({
  checkId: z.uuid(),
  steps: z.array(
    z.strictObject({
      step: z.enum(checkSteps),
      outcome: z.enum(['passed', 'failed', 'skipped']),
      /** Measured value or what a person wrote. */
      detail: z.string().max(200),
    }),
  ),
  doneAtMs: z.number(),
  doneBy: z.string(),
});
export type DayCheck = z.infer<typeof DayCheck>;

/** A picture of the whole slide: `/microscope/maps/<slideId>`. */
export const SlideMap = z.strictObject({
  slideId: z.uuid(),
  /** Stage coordinates of the corner of the first pixel. */
  originUm: PointUm,
  micrometresPerPixel: z.number().positive(),
  widthPixels: z.number().int().positive(),
  heightPixels: z.number().int().positive(),
});
export type SlideMap = z.infer<typeof SlideMap>;

export const MicroscopeState = z.strictObject({
  /** Null: no microscope at this workstation; it may steer another. */
  configuration: MicroscopeConfiguration.nullable(),
  deviceHost: z.enum(['absent', 'running', 'ended']),
  hasCamera: z.boolean(),
  calibrations: z.array(Calibration),
  /** The newest of each camera and of each objective. */
  whiteBalances: z.array(WhiteBalance),
  focusLimits: z.array(FocusLimits),
  lastCheck: DayCheck.nullable(),
  /** What the other workstation told of its microscope. */
  remote: RemoteMicroscope.nullable(),
  /** Of the slide that is on the stage now. */
  map: SlideMap.nullable(),
});

export type MicroscopeState = z.infer<typeof MicroscopeState>;

/** The microscope of this workstation, or the one of the workstation we talk to. */
export const microscope = {
  getState: method(z.strictObject({}), MicroscopeState),
  configure: method(z.strictObject({ configuration: MicroscopeConfiguration.nullable() }), z.null()),
  /** Steers: the own microscope as the bench, otherwise the other workstation's through the link. */
  intend: method(MotionIntent, z.null()),
  request: method(DeviceRequest, DeviceReply),
  /** Held open for the bench's scan and calibration (see `deviceHost`). */
  beginProcedure: method(
    z.strictObject({ procedureId: z.uuid(), kind: z.enum(['overview-scan', 'calibration']) }),
    DeviceReply.pick({ refused: true }),
  ),
  travel: method(
    z.strictObject({ procedureId: z.uuid(), toUm: PositionUm.partial() }),
    z.strictObject({ positionUm: PositionUm }),
  ),
  endProcedure: method(
    z.strictObject({ procedureId: z.uuid(), progress: z.number().min(0).max(1), isOver: z.boolean() }),
    z.null(),
  ),
  say: method(Talk, z.null()),
  takeStill: method(
    z.strictObject({
      stillId: z.uuid(),
      isKept: z.boolean(),
      lossyWidth: z.number().int().min(320).max(8192),
      /** What the window shows, sent at full resolution before the rest; null: the whole frame. */
      visible: PartOfFrame.nullable(),
    }),
    z.null(),
  ),
  listStills: method(z.strictObject({}), z.strictObject({ stills: z.array(Still) })),
  /** As DICOM VL Slide-Coordinates Microscopic image into this workstation's archive. */
  archiveStill: method(
    z.strictObject({
      stillId: z.uuid(),
      patientId: z.string().max(64),
      patientName: z.string().max(200),
      issuer: z.string().max(64),
    }),
    z.strictObject({ studyUid: z.string(), sopUid: z.string() }),
  ),
  saveCalibration: method(Calibration.omit({ measuredAtMs: true, measuredBy: true }), z.null()),
  /** Of an empty field; the gains follow from it. */
  saveWhiteBalance: method(
    z.strictObject({ cameraName: z.string().max(200), means: ChannelMeans }),
    WhiteBalance,
  ),
  /** In force at once. `conflict` where they are wider than the present ones, or the focus lies outside. */
  saveFocusLimits: method(FocusLimits.omit({ measuredAtMs: true, measuredBy: true }), z.null()),
  saveCheck: method(DayCheck.omit({ doneAtMs: true, doneBy: true }), z.null()),
  listChecks: method(
    z.strictObject({ limit: z.number().int().min(1).max(366) }),
    z.strictObject({ checks: z.array(DayCheck) }),
  ),
  /** The overview of the slide, once uploaded to `/microscope/maps/<slideId>`; given to whoever is connected. */
  offerMap: method(SlideMap, z.null()),
  /** What the settings put under the simulated microscope. A file that cannot lie there is said, not thrown. */
  openSpecimen: method(z.strictObject({}), OpenedSpecimen),
  listSerialPorts: method(z.strictObject({}), z.strictObject({ paths: z.array(z.string()) })),
  telemetry: event(Telemetry),
  simulatedOptics: event(
    z.strictObject({
      deviceTimeMs: z.number(),
      positionUm: PositionUm,
      objectiveId: z.number().int().nullable(),
      lampPercent: z.number(),
    }),
  ),
  heard: event(Talk),
  stillChanged: event(Still),
  mapArrived: event(SlideMap),
  stateChanged: event(MicroscopeState),
} as const;
