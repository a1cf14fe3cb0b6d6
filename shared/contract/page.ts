import { z } from 'zod';
import { PixelRegion } from '../link/talk.ts';
import { event, method } from '../rpc/contract.ts';

export const peerKinds = ['live', 'bulk'] as const;
export const PeerKind = z.enum(peerKinds);
export type PeerKind = z.infer<typeof PeerKind>;

/** Channels of the live peer; each sealed message names its own stream inside. */
export const liveChannels = ['motion', 'control', 'telemetry'] as const;
export const LiveChannel = z.enum(liveChannels);
export type LiveChannel = z.infer<typeof LiveChannel>;

/** A page that carries peer connections for the backend: it passes sealed bytes and decides nothing. */
export const carrier = {
  /** What this page can carry now; asked once when it connects. */
  describe: method(z.strictObject({}), z.strictObject({ peers: z.array(PeerKind) })),
  openPeer: method(
    z.strictObject({
      peer: PeerKind,
      sessionId: z.uuid(),
      epoch: z.number().int().nonnegative(),
      isInitiator: z.boolean(),
      iceServers: z.array(
        z.strictObject({
          urls: z.array(z.string()),
          username: z.string().optional(),
          credential: z.string().optional(),
        }),
      ),
      isRelayOnly: z.boolean(),
    }),
    z.null(),
  ),
  /** A signal of the other end that was opened and checked; JSON as simple-peer speaks it. */
  signal: method(
    z.strictObject({ peer: PeerKind, epoch: z.number().int(), signal: z.string().max(60_000) }),
    z.null(),
  ),
  closePeer: method(z.strictObject({ peer: PeerKind, epoch: z.number().int() }), z.null()),
  /** Sealed bytes for one channel of the live peer. */
  send: method(z.strictObject({ channel: LiveChannel, bytes: z.base64() }), z.null()),
  /** Fetches `/link/outgoing/<transferId>` and sends it over the bulk peer; progress through `link.bulkProgress`. */
  sendBulk: method(
    z.strictObject({ transferId: z.uuid(), sizeBytes: z.number().int().nonnegative() }),
    z.null(),
  ),
  cancelBulk: method(z.strictObject({ transferId: z.uuid() }), z.null()),
  /** Somebody steers: for so long files go slowly, so that neither commands nor the picture wait behind them. */
  yieldBulk: method(z.strictObject({ forMs: z.number().int().positive().max(5000) }), z.null()),
  /** This page can carry peers of that kind from now on, or no longer. */
  offered: event(z.strictObject({ peer: PeerKind, isOffered: z.boolean() })),
} as const;

/** A camera a page has opened. */
export const OpenedCamera = z.strictObject({
  label: z.string(),
  widthPixels: z.number().int(),
  heightPixels: z.number().int(),
  isSimulated: z.boolean(),
});
export type OpenedCamera = z.infer<typeof OpenedCamera>;

/** The page that has the microscope's camera, real or simulated. */
export const cameraHost = {
  /** The camera of this page; asked once when it connects. */
  describe: method(z.strictObject({}), z.strictObject({ camera: OpenedCamera.nullable() })),
  /** Takes a frame of the whole sensor and uploads it losslessly and in smaller forms to `/microscope/stills/<stillId>/<form>`. */
  takeStill: method(
    z.strictObject({
      stillId: z.uuid(),
      lossyWidth: z.number().int(),
      /** Pixels of the sensor that go losslessly before the whole frame does. */
      region: PixelRegion.nullable(),
    }),
    z.strictObject({
      widthPixels: z.number().int(),
      heightPixels: z.number().int(),
      deviceTimeMs: z.number(),
      focusScore: z.number(),
      /** SHA-256 of the lossless file, hex. */
      sha256: z.string(),
      sizeBytes: z.number().int(),
    }),
  ),
  measureFocus: method(
    z.strictObject({
      afterDeviceTimeMs: z.number(),
      atPart: z.strictObject({ x: z.number(), y: z.number() }).nullable(),
    }),
    z.strictObject({
      score: z.number(),
      deviceTimeMs: z.number(),
      /** Where the focus was when the frame was exposed, as the frame itself says. */
      focusUm: z.number(),
      isBlank: z.boolean(),
    }),
  ),
  /** From now on this page has a picture; `null` again when the camera is gone. */
  cameraChanged: event(
    z.strictObject({
      camera: OpenedCamera.nullable(),
    }),
  ),
} as const;

/** What a page serves to the backend over the connection it calls it on. */
export const pageContracts = { carrier, cameraHost } as const;
export type PageContracts = typeof pageContracts;
