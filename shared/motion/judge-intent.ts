import type { MotionIntent, Party, RefusalReason } from './intent.ts';
import type { Lease } from './lease.ts';
import { MAXIMUM_FRAME_AGE_MS, MAXIMUM_NONCE_AGE_MS, MAXIMUM_STEP_NONCE_AGE_MS } from './limits-of-time.ts';
import { slideRefusalTo } from './slide.ts';
import type { SlideOnStage } from './slide.ts';

/** Everything the decision rests on, as the device host knows it at this moment. */
export interface Circumstances {
  /** The device host's own clock. */
  readonly deviceTimeMs: number;
  readonly lease: Lease;
  /** Newest sequence taken from this party under this lease. */
  readonly lastSequence: number;
  /** Undefined: the nonce is none of ours. */
  readonly nonceAgeMs: number | undefined;
  readonly isStopped: boolean;
  /** After STOP was released nothing moves until this party has let go of its controls. */
  readonly mustRest: boolean;
  readonly slide: SlideOnStage;
  /** The controller answers and knows where it is. */
  readonly isDeviceKnown: boolean;
  readonly procedure: { readonly procedureId: string; readonly startedBy: Party } | null;
}

/** Null: the intent may be executed. The order of the questions is that of their weight. */
export function judgeIntent(
  intent: MotionIntent,
  by: Party,
  circumstances: Circumstances,
): RefusalReason | null {
  const { lease } = circumstances;
  const stale = freshness(intent, circumstances);
  if (intent.kind === 'rest') return stale;
  if (lease.holder !== by) return 'not-holder';
  if (intent.leaseEpoch !== lease.epoch) return 'old-lease';
  return stale ?? readiness(intent, by, circumstances) ?? sight(intent, by, circumstances);
}

/** A velocity of nothing ends a push; no picture is needed to come to rest. */
export function isPush(intent: MotionIntent): intent is Extract<MotionIntent, { kind: 'velocity' }> {
  if (intent.kind !== 'velocity') return false;
  const { x, y, z } = intent.velocityUmPerS;
  return x !== 0 || y !== 0 || z !== 0;
}

function freshness(intent: MotionIntent, { lastSequence, nonceAgeMs }: Circumstances): RefusalReason | null {
  if (intent.sequence <= lastSequence) return 'old-sequence';
  if (nonceAgeMs === undefined) return 'unknown-nonce';
  return nonceAgeMs > MAXIMUM_STEP_NONCE_AGE_MS ? 'stale-nonce' : null;
}

function readiness(
  intent: MotionIntent,
  by: Party,
  { isStopped, mustRest, slide, isDeviceKnown, procedure }: Circumstances,
): RefusalReason | null {
  if (isStopped || mustRest) return 'stopped';
  const refusal = slideRefusalTo(by, slide);
  if (refusal) return refusal;
  if (intent.kind === 'hold') {
    return procedure?.procedureId === intent.procedureId && procedure.startedBy === by
      ? null
      : 'not-permitted';
  }
  if (procedure) return 'busy';
  return isDeviceKnown ? null : 'device-unknown';
}

/** Steering by velocity closes a loop through hand and eye: it needs a picture of now and a quick way back. */
function sight(intent: MotionIntent, by: Party, circumstances: Circumstances): RefusalReason | null {
  if (!isPush(intent)) return null;
  const { nonceAgeMs = Infinity, deviceTimeMs } = circumstances;
  if (nonceAgeMs > MAXIMUM_NONCE_AGE_MS) return 'slow-link';
  const shown = intent.shownFrameDeviceTimeMs;
  // The person at the bench may look through the eyepieces.
  if (shown === null) return by === 'bench' ? null : 'stale-picture';
  const ageMs = deviceTimeMs - shown;
  return ageMs > MAXIMUM_FRAME_AGE_MS || ageMs < 0 ? 'stale-picture' : null;
}
