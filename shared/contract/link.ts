import { z } from 'zod';
import { event, method } from '../rpc/contract.ts';
import { LiveChannel, PeerKind } from './page.ts';

export const DeviceId = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** Thumbprint of a workstation's signing key (RFC 7638), base64url. */
export type DeviceId = z.infer<typeof DeviceId>;

export const Contact = z.strictObject({
  deviceId: DeviceId,
  name: z.string(),
  addedAtMs: z.number(),
  revokedAtMs: z.number().nullable(),
  presence: z.enum(['online', 'offline', 'unknown']),
  /** Six digits of both keys, for comparing by voice at any time. */
  safetyCode: z.string(),
});
export type Contact = z.infer<typeof Contact>;

export const pairingFailures = [
  'card-unreadable',
  'card-expired',
  'own-card',
  'broker-unreachable',
  'codes-differ',
  'tampered',
  'timed-out',
  'cancelled',
] as const;

export const PairingState = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('closed') }),
  /** The card may be shown, sent as text or as a QR code. */
  z.strictObject({ state: z.literal('waiting'), cardText: z.string(), expiresAtMs: z.number() }),
  z.strictObject({ state: z.literal('joining'), peerName: z.string() }),
  z.strictObject({
    state: z.literal('comparing'),
    peerName: z.string(),
    code: z.string(),
    isConfirmedHere: z.boolean(),
  }),
  z.strictObject({ state: z.literal('paired'), deviceId: DeviceId, peerName: z.string() }),
  z.strictObject({ state: z.literal('failed'), reason: z.enum(pairingFailures) }),
]);
export type PairingState = z.infer<typeof PairingState>;

export const PeerPath = z.strictObject({
  state: z.enum(['absent', 'connecting', 'connected', 'disconnected', 'failed']),
  isRelayed: z.boolean().nullable(),
});

export const sessionRoles = ['bench', 'pathologist'] as const;

export const SessionState = z.strictObject({
  sessionId: z.uuid(),
  epoch: z.number().int(),
  deviceId: DeviceId,
  peerName: z.string(),
  role: z.enum(sessionRoles),
  /** `ringing`: we were called and nobody has accepted; `calling`: they were. */
  state: z.enum(['calling', 'ringing', 'connecting', 'connected', 'reconnecting']),
  live: PeerPath,
  bulk: PeerPath,
  startedAtMs: z.number(),
});
export type SessionState = z.infer<typeof SessionState>;

export const LinkState = z.strictObject({
  deviceId: DeviceId,
  name: z.string(),
  broker: z.strictObject({
    url: z.string(),
    isEmbedded: z.boolean(),
    state: z.enum(['connected', 'connecting', 'refused', 'off']),
  }),
  contacts: z.array(Contact),
  pairing: PairingState,
  session: SessionState.nullable(),
  /** Why the last session ended. */
  lastEnd: z.enum(['hung-up', 'declined', 'unreachable', 'wrong-peer', 'revoked', 'lost']).nullable(),
});
export type LinkState = z.infer<typeof LinkState>;

export const BulkProgress = z.strictObject({
  transferId: z.uuid(),
  direction: z.enum(['outgoing', 'incoming']),
  sentBytes: z.number().int(),
  sizeBytes: z.number().int(),
});

/** Who this workstation is, whom it knows and whom it talks to. */
export const link = {
  getState: method(z.strictObject({}), LinkState),
  rename: method(z.strictObject({ name: z.string().trim().min(1).max(80) }), z.null()),
  openPairing: method(z.strictObject({}), z.strictObject({ cardText: z.string(), expiresAtMs: z.number() })),
  closePairing: method(z.strictObject({}), z.null()),
  /** A card read from text, a file or a QR code: meets its owner and compares codes. */
  joinPairing: method(z.strictObject({ cardText: z.string().max(4000) }), z.null()),
  confirmCode: method(z.strictObject({ isSame: z.boolean() }), z.null()),
  /** Cards that administrators carry by hand, to both sides: no code has to be compared. */
  showCard: method(z.strictObject({}), z.strictObject({ cardText: z.string() })),
  addCard: method(
    z.strictObject({ cardText: z.string().max(4000) }),
    z.strictObject({ deviceId: DeviceId, name: z.string(), safetyCode: z.string() }),
  ),
  revoke: method(z.strictObject({ deviceId: DeviceId }), z.null()),
  call: method(
    z.strictObject({ deviceId: DeviceId, role: z.enum(sessionRoles) }),
    z.strictObject({ sessionId: z.uuid() }),
  ),
  accept: method(z.strictObject({ sessionId: z.uuid() }), z.null()),
  decline: method(z.strictObject({ sessionId: z.uuid() }), z.null()),
  hangUp: method(z.strictObject({}), z.null()),
  // What a carrying page tells (see the `carrier` contract).
  peerSignal: method(
    z.strictObject({ peer: PeerKind, epoch: z.number().int(), signal: z.string().max(60_000) }),
    z.null(),
  ),
  peerConnected: method(
    z.strictObject({
      peer: PeerKind,
      epoch: z.number().int(),
      /** SHA-256 of the remote certificate's DER bytes as this page computed it, hex. */
      remoteCertificateSha256: z.string(),
      isRelayed: z.boolean(),
    }),
    z.strictObject({ isAccepted: z.boolean() }),
  ),
  peerLost: method(
    z.strictObject({
      peer: PeerKind,
      epoch: z.number().int(),
      state: z.enum(['disconnected', 'failed', 'closed', 'back']),
    }),
    z.null(),
  ),
  received: method(
    z.strictObject({ channel: LiveChannel, epoch: z.number().int(), bytes: z.base64() }),
    z.null(),
  ),
  bulkProgress: method(BulkProgress, z.null()),
  stateChanged: event(LinkState),
  bulkMoved: event(BulkProgress),
} as const;
