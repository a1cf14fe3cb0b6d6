import type { MotionIntent, Party, RefusalReason } from '#shared/motion/intent.ts';
import { INTENT_INTERVAL_MS, LEASE_RENEWAL_MS, MAXIMUM_FRAME_AGE_MS } from '#shared/motion/limits-of-time.ts';
import type { PointUm } from '#shared/motion/position.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { combined, isStill } from './direction.ts';
import type { Direction } from './direction.ts';

/** What steering has to know at the moment it says something. */
export interface SteeringFacts {
  readonly telemetry: Telemetry;
  readonly party: Party;
  readonly shownFrameDeviceTimeMs: number | null;
  /** A full push in the picture's axes as a velocity of the stage, µm/s. */
  velocityOf(direction: Direction): { readonly x: number; readonly y: number; readonly z: number };
  readonly maximumFocusSpeedUmPerS: number;
  readonly stageLimitsUm: { readonly x: Range; readonly y: Range } | undefined;
}

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

export interface SteeringPort {
  send(intent: MotionIntent): void;
  nowMs(): number;
  newId(): string;
  facts(): SteeringFacts | undefined;
  /** What is commanded has changed: for the predicted picture. */
  commanded(what: Commanded): void;
  /** A movement was meant but may not be. */
  refused(reason: RefusalReason): void;
  /** A finite move was given up on its way; nobody refused it and nobody let go of it. */
  endedEarly(um: Partial<Axes>): void;
}

export type Commanded =
  | { readonly kind: 'velocity'; readonly velocityUmPerS: PointUm }
  | { readonly kind: 'target'; readonly targetUm: Partial<Axes> }
  | { readonly kind: 'nothing' };

interface Axes {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

interface Target {
  readonly id: string;
  readonly um: Partial<Axes>;
  readonly sinceMs: number;
  /** Of the first time it is said: a refusal of anything earlier does not concern it. */
  readonly sequence: number;
  /** Refusals that have been looked at. */
  refusals: number;
}

/** A zero is said so often: any one of them may be lost on the way. */
const ZEROS = 3;
const ARRIVED_UM = 0.6;
const ARRIVED_FOCUS_UM = 0.15;
/** A target that has not arrived by then is given up. */
const LONGEST_TARGET_MS = 20_000;
/** One of many repetitions came late or overtaken, as on a busy machine or line: the next says it again. */
const passingRefusals: ReadonlySet<RefusalReason> = new Set(['old-sequence', 'stale-nonce', 'unknown-nonce']);
/** A procedure the device host has not begun by then is not held any longer. */
const PATIENCE_MS = 3000;

type BareIntent =
  | Pick<MotionIntent & { kind: 'velocity' }, 'kind' | 'velocityUmPerS' | 'shownFrameDeviceTimeMs'>
  | Pick<MotionIntent & { kind: 'target' }, 'kind' | 'targetId' | 'targetUm'>
  | Pick<MotionIntent & { kind: 'hold' }, 'kind' | 'procedureId'>
  | Pick<MotionIntent & { kind: 'rest' }, 'kind'>;

/**
 * Says again every `INTENT_INTERVAL_MS` what is still meant, and nothing once nothing is meant: the stage lives on
 * what it is told, so a page that freezes, hides or loses its hand halts it.
 */
export class Steering {
  readonly #port: SteeringPort;
  readonly #pushes = new Map<string, Direction>();
  #target: Target | undefined;
  #held: { readonly procedureId: string; readonly sinceMs: number; isSeen: boolean } | undefined;
  #sequence = -1;
  #zerosToSay = 0;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  /** The controls have been let go, and the device host is to know it now. */
  #mustRest = true;
  #lastTickMs = Number.NEGATIVE_INFINITY;
  /** Focus still owed to the wheel while the stage is steered by velocity, µm. */
  #focusOwedUm = 0;

  constructor(port: SteeringPort) {
    this.#port = port;
  }

  /** What one hand (keys, stick, gamepad) means from now on; null: nothing. */
  push(hand: string, direction: Direction | null): void {
    const wasMoving = this.#pushes.size > 0;
    if (direction && !isStill(direction)) this.#pushes.set(hand, direction);
    else this.#pushes.delete(hand);
    if (this.#pushes.size > 0) {
      // A hand on the stick means more than an old click.
      this.#target = undefined;
      if (!wasMoving) this.tick();
    } else if (wasMoving) this.#sayZeros();
  }

  get isPushed(): boolean {
    return this.#pushes.size > 0;
  }

  get isAimed(): boolean {
    return this.#target !== undefined;
  }

  /** Where the axis is going, if it is. */
  aimOf(axis: 'x' | 'y' | 'z'): number | undefined {
    return this.#target?.um[axis];
  }

  /** Goes there; axes left out keep what they were meant to do. Within the limits of the stage. */
  aim(um: Partial<Axes>): void {
    const facts = this.#port.facts();
    if (!facts) return;
    const within = limited({ ...this.#target?.um, ...um }, facts.stageLimitsUm);
    this.#target = {
      id: this.#port.newId(),
      um: within,
      sinceMs: this.#port.nowMs(),
      sequence: this.#nextSequence(facts.telemetry),
      refusals: facts.telemetry.refused?.count ?? 0,
    };
    this.#port.commanded({ kind: 'target', targetUm: within });
    if (this.#port.nowMs() - this.#lastTickMs >= INTENT_INTERVAL_MS / 2) this.tick();
  }

  /** Focus by so much more, as one notch of the wheel. */
  focusBy(stepUm: number): void {
    const z = this.#port.facts()?.telemetry.positionUm.z;
    if (z === undefined) return;
    if (this.isPushed) this.#focusOwedUm += stepUm;
    else this.aim({ z: (this.#target?.um.z ?? z) + stepUm });
  }

  /** Keeps a procedure alive until the device host says it is over. */
  hold(procedureId: string): void {
    this.#held = { procedureId, sinceMs: this.#port.nowMs(), isSeen: false };
    this.#target = undefined;
    this.tick();
  }

  get heldProcedure(): string | undefined {
    return this.#held?.procedureId;
  }

  /** Window hidden, focus lost, pointer or gamepad gone, STOP: nothing is meant, and that is said. */
  letGo(): void {
    const meant = this.isPushed || this.#target || this.#held;
    this.#pushes.clear();
    this.#target = undefined;
    this.#held = undefined;
    if (meant) this.#sayZeros();
  }

  /** Nothing is heard any more of where the stage is: as `letGo`, and a finite move on its way has ended early. */
  lost(): void {
    const target = this.#target;
    this.letGo();
    if (target) this.#port.endedEarly(target.um);
  }

  /** Every `INTENT_INTERVAL_MS`. */
  readonly tick = (): void => {
    const facts = this.#port.facts();
    if (!facts) return;
    const nowMs = this.#port.nowMs();
    this.#lastTickMs = nowMs;
    this.#settle(facts, nowMs);
    const intent = this.#meant(facts, nowMs);
    if (intent) this.#say(intent, facts.telemetry);
  };

  #meant(facts: SteeringFacts, nowMs: number): BareIntent | undefined {
    if (this.#held) return { kind: 'hold', procedureId: this.#held.procedureId };
    if (this.isPushed) {
      const refusal = this.#velocityRefusal(facts);
      if (refusal) {
        this.#port.refused(refusal);
        this.#port.commanded({ kind: 'nothing' });
        return this.#restWhenDue(nowMs);
      }
      const velocityUmPerS = this.#velocity(facts);
      this.#zerosToSay = ZEROS;
      this.#port.commanded({ kind: 'velocity', velocityUmPerS });
      const { shownFrameDeviceTimeMs } = facts;
      return { kind: 'velocity', velocityUmPerS, shownFrameDeviceTimeMs };
    }
    this.#focusOwedUm = 0;
    if (this.#target) return { kind: 'target', targetId: this.#target.id, targetUm: this.#target.um };
    // Without control, or stopped, there is nothing to end; only that the hand is open has to be known.
    if (facts.telemetry.stop || facts.telemetry.lease.holder !== facts.party) this.#zerosToSay = 0;
    if (this.#zerosToSay > 0) {
      this.#zerosToSay -= 1;
      const { shownFrameDeviceTimeMs } = facts;
      return { kind: 'velocity', velocityUmPerS: { x: 0, y: 0, z: 0 }, shownFrameDeviceTimeMs };
    }
    return this.#restWhenDue(nowMs);
  }

  #velocityRefusal({ telemetry, party, shownFrameDeviceTimeMs }: SteeringFacts): RefusalReason | null {
    if (telemetry.stop) return 'stopped';
    if (telemetry.lease.holder !== party) return 'not-holder';
    if (party === 'remote') return telemetry.velocityRefusal;
    // The device host refuses the bench too by a camera that froze; without one the eyepieces are looked through.
    const ageMs = shownFrameDeviceTimeMs === null ? 0 : telemetry.deviceTimeMs - shownFrameDeviceTimeMs;
    return ageMs > MAXIMUM_FRAME_AGE_MS ? 'stale-picture' : null;
  }

  #velocity(facts: SteeringFacts): Axes {
    const velocity = facts.velocityOf(combined([...this.#pushes.values()]));
    const owed = this.#focusOwedUm;
    if (owed === 0) return velocity;
    const seconds = INTENT_INTERVAL_MS / 1000;
    const ceiling = facts.maximumFocusSpeedUmPerS;
    const z = Math.max(-ceiling, Math.min(ceiling, owed / seconds));
    this.#focusOwedUm = Math.abs(owed) < 0.05 ? 0 : owed - z * seconds;
    return { ...velocity, z };
  }

  #restWhenDue(nowMs: number): BareIntent | undefined {
    if (!this.#mustRest && nowMs - this.#saidAtMs < LEASE_RENEWAL_MS) return undefined;
    this.#mustRest = false;
    return { kind: 'rest' };
  }

  /** Lets go of what has been reached, refused or waited for too long. */
  #settle(facts: SteeringFacts, nowMs: number): void {
    const { telemetry } = facts;
    const target = this.#target;
    if (target) {
      const reason = refusalOf(target, facts);
      target.refusals = Math.max(target.refusals, telemetry.refused?.count ?? 0);
      const isRefused = reason !== null;
      if (isRefused) this.#port.refused(reason);
      const isLate = nowMs - target.sinceMs > LONGEST_TARGET_MS;
      const isThere = hasArrived(target.um, telemetry);
      if (isRefused || telemetry.stop || isLate || isThere) this.#endTarget();
      if (isLate && !isThere && !isRefused && !telemetry.stop) this.#port.endedEarly(target.um);
    }
    const held = this.#held;
    if (held) {
      held.isSeen ||= telemetry.procedure?.procedureId === held.procedureId;
      const isOver = telemetry.lastProcedure?.procedureId === held.procedureId;
      const isLost = held.isSeen
        ? telemetry.procedure?.procedureId !== held.procedureId
        : nowMs - held.sinceMs > PATIENCE_MS;
      if (isOver || isLost || telemetry.stop) this.#held = undefined;
    }
  }

  #endTarget(): void {
    this.#target = undefined;
    this.#mustRest = true;
    this.#port.commanded({ kind: 'nothing' });
  }

  #sayZeros(): void {
    this.#zerosToSay = ZEROS;
    this.#mustRest = true;
    this.#focusOwedUm = 0;
    this.#port.commanded({ kind: 'nothing' });
    this.tick();
  }

  #nextSequence({ echo }: Telemetry): number {
    // After a reload of the page its numbers go on above those said before.
    const floor = Math.max(this.#sequence + 1, (echo?.sequence ?? -1) + 1);
    return this.#sequence < 0 ? Math.max(floor, Math.floor(Date.now())) : floor;
  }

  #say(intent: BareIntent, telemetry: Telemetry): void {
    const { lease, nonce } = telemetry;
    this.#sequence = this.#nextSequence(telemetry);
    this.#saidAtMs = this.#port.nowMs();
    this.#port.send({ ...intent, leaseEpoch: lease.epoch, sequence: this.#sequence, nonce });
  }
}

/** Why the device host will not have it; a refusal heard of late may be of what was meant before, or of the others. */
function refusalOf(target: Target, { telemetry, party }: SteeringFacts): RefusalReason | null {
  const { refused } = telemetry;
  if (!refused?.intent || refused.count <= target.refusals) return null;
  const isOfIt = refused.intent.by === party && refused.intent.sequence >= target.sequence;
  return isOfIt && !passingRefusals.has(refused.reason) ? refused.reason : null;
}

function limited(um: Partial<Axes>, limits: SteeringFacts['stageLimitsUm']): Partial<Axes> {
  if (!limits) return um;
  return {
    ...um,
    ...(um.x !== undefined && { x: clamp(um.x, limits.x) }),
    ...(um.y !== undefined && { y: clamp(um.y, limits.y) }),
  };
}

function clamp(value: number, { minimum, maximum }: Range): number {
  return Math.max(minimum, Math.min(maximum, value));
}

function hasArrived(um: Partial<Axes>, { positionUm, axes }: Telemetry): boolean {
  const isAt = (axis: 'x' | 'y' | 'z', withinUm: number) => {
    const wanted = um[axis];
    return wanted === undefined || (Math.abs(wanted - positionUm[axis]) <= withinUm && axes[axis] === 'idle');
  };
  return isAt('x', ARRIVED_UM) && isAt('y', ARRIVED_UM) && isAt('z', ARRIVED_FOCUS_UM);
}
