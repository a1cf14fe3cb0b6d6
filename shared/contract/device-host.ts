import { z } from 'zod';
import { DeviceReply, DeviceRequest, MotionIntent, Parties } from '../motion/intent.ts';
import { MicroscopeConfiguration } from '../motion/microscope-configuration.ts';
import { PositionUm } from '../motion/position.ts';
import { Telemetry } from '../motion/telemetry.ts';
import { event, method } from '../rpc/contract.ts';

const Bytes = z.base64();

/** What the hospital's backend asks of the process that moves the microscope. */
export const deviceHost = {
  configure: method(MicroscopeConfiguration, z.null()),
  /** Keys of one epoch of the link; whatever was sealed with older ones is foreign from now on. */
  openRemote: method(
    z.strictObject({
      sessionId: z.uuid(),
      linkEpoch: z.number().int().nonnegative(),
      /** Raw AES-256 keys, base64. */
      motionKey: Bytes,
      requestKey: Bytes,
      telemetryKey: Bytes,
      replyKey: Bytes,
    }),
    z.null(),
  ),
  /** The path is lost: remote motion ends now; the lease is gone. */
  closeRemote: method(z.strictObject({}), z.null()),
  /** A sealed motion intent or request from the peer; refused ones are counted, never answered. */
  receiveSealed: method(z.strictObject({ stream: z.enum(['motion', 'request']), bytes: Bytes }), z.null()),
  /** The person at the bench steers: same rules, nonces and sequence included, no seal. */
  benchIntent: method(MotionIntent, z.null()),
  /** Every `INTENT_INTERVAL_MS`: procedures of the bench go on only while its backend lives. */
  keepAlive: method(z.strictObject({}), z.null()),
  request: method(z.strictObject({ requestId: z.uuid(), by: Parties, request: DeviceRequest }), DeviceReply),
  /** Moves the bench's overview scan and calibration to a place and waits until it is there. */
  travel: method(
    z.strictObject({ procedureId: z.uuid(), toUm: PositionUm.partial() }),
    z.strictObject({ positionUm: PositionUm }),
  ),
  beginProcedure: method(
    z.strictObject({ procedureId: z.uuid(), kind: z.enum(['overview-scan', 'calibration']) }),
    z.strictObject({ refused: DeviceReply.shape.refused }),
  ),
  endProcedure: method(
    z.strictObject({ procedureId: z.uuid(), progress: z.number().min(0).max(1), isOver: z.boolean() }),
    z.null(),
  ),
  describe: method(
    z.strictObject({}),
    z.strictObject({
      pid: z.number().int(),
      stagePid: z.number().int().nullable(),
      positionLogPath: z.string().nullable(),
    }),
  ),
  telemetry: event(Telemetry),
  /** To be carried to the peer on the channel of that name. */
  sealed: event(z.strictObject({ stream: z.enum(['telemetry', 'reply']), bytes: Bytes })),
  /** Where the simulated optics truly are, about 60 times a second; what its camera would see. */
  simulatedOptics: event(
    z.strictObject({
      deviceTimeMs: z.number(),
      positionUm: PositionUm,
      objectiveId: z.number().int().nullable(),
      lampPercent: z.number(),
    }),
  ),
} as const;

/** What the device host asks of the backend: how sharp the picture is. */
export const focusMeter = {
  /** Score of the first frame exposed after `afterDeviceTimeMs`; `unavailable` without a camera. */
  measure: method(
    z.strictObject({ afterDeviceTimeMs: z.number() }),
    z.strictObject({
      score: z.number(),
      deviceTimeMs: z.number(),
      /** Where the focus was when the frame was exposed, as the frame itself says. */
      focusUm: z.number(),
      isBlank: z.boolean(),
    }),
  ),
} as const;
