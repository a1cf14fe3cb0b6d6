import { deriveStreamKeys } from '#shared/link/seal.ts';
import type { PositionUm } from '#shared/motion/position.ts';

export const haltCauses = [
  'link-cut',
  'remote-renderer-killed',
  'remote-backend-killed',
  'remote-killed',
  'remote-frozen',
  'relay-frozen',
  'broker-killed',
  'both-cores-busy',
  'clock-jumps',
  'hospital-backend-killed',
  'hospital-backend-frozen',
  'device-host-killed',
  'device-host-frozen',
] as const;
export type HaltCause = (typeof haltCauses)[number];

/** What the rig tells its processes. */
export interface RelayOrder {
  readonly isCut: boolean;
}
export interface LinkOrder {
  readonly linkEpoch: number;
}
export interface RendererOrder {
  /** Null: the hand has let go. */
  readonly velocityUmPerS: PositionUm | null;
}

/** What the hospital's backend tells the rig whenever its device host is there (again). */
export interface BenchReport {
  readonly hostPid: number;
  readonly positionLogPath: string;
}

/** What the remote's backend tells the rig. */
export interface RemoteReport {
  readonly isInControl: boolean;
  readonly positionUm: PositionUm;
}

const SESSION_ID = '7f2a3f0e-6a5d-4f0e-8d55-0c5f0f6f9a01';
const SECRET = new Uint8Array(32).fill(42);

/** Both ends of the rig know the secret of its only session. */
export function keysOf(linkEpoch: number) {
  return deriveStreamKeys(SECRET, SESSION_ID, linkEpoch);
}

export const sessionId = SESSION_ID;
