import { randomBytes, randomInt } from 'node:crypto';
import type { DeviceRequest, MotionIntent, Party, RefusalReason } from '#shared/motion/intent.ts';
import { isPush, judgeIntent } from '#shared/motion/judge-intent.ts';
import { changeLease, nobodySteers } from '#shared/motion/lease.ts';
import type { Lease, LeaseEvent } from '#shared/motion/lease.ts';
import { INTENT_LIFETIME_MS, MAXIMUM_NONCE_AGE_MS } from '#shared/motion/limits-of-time.ts';
import type { Objective } from '#shared/motion/objective.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import { NonceBook } from '#shared/motion/nonces.ts';
import { changeSlide, noSlide, slideRefusal, slideRefusalTo } from '#shared/motion/slide.ts';
import type { SlideEvent, SlideOnStage } from '#shared/motion/slide.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';

/** What the desk has moved once it has decided; the engine, or in a test something that only counts. */
export interface Mover {
  readonly isDeviceKnown: boolean;
  velocity(velocityUmPerS: PositionUm, acceptedAtMs: number): RefusalReason | null;
  target(targetId: string, targetUm: Partial<PositionUm>, acceptedAtMs: number): RefusalReason | null;
  halt(): void;
}

export interface RunningProcedure {
  readonly procedureId: string;
  readonly startedBy: Party;
}

export type StartableRequest = Extract<DeviceRequest, { kind: 'change-objective' | 'autofocus' }>;

export interface ProcedureDesk {
  current(): RunningProcedure | null;
  start(request: StartableRequest, by: Party): RefusalReason | null;
  beginSlideChange(): void;
  cancel(outcome: 'cancelled' | 'stopped', reason: string): void;
}

export interface DeskOptions {
  readonly mover: Mover;
  readonly procedures: ProcedureDesk;
  readonly objectiveOf: (id: number) => Objective | undefined;
  readonly setLamp: (percent: number) => void;
  /** Monotonic clock. */
  readonly nowMs: () => number;
  /** The same clock, from the start of this process; what frames and telemetry carry. */
  readonly deviceTimeMs: () => number;
}

/** A verdict on the remote's picture or link counts this long. */
const REMEMBERED_MS = 1000;
const parties = ['bench', 'remote'] as const;

interface PartyState {
  lastSequence: number;
  mustRest: boolean;
  /** Until when a procedure of this party goes on. */
  heldUntilMs: number;
}

/**
 * Decides who moves what: lease, STOP, slide, freshness and sequence. Everything from the bench and from
 * the remote passes here; nothing else reaches the engine.
 */
export class ControlDesk {
  readonly #options: DeskOptions;
  readonly #nonces = new NonceBook();
  readonly #parties: Readonly<Record<Party, PartyState>> = {
    bench: { lastSequence: -1, mustRest: false, heldUntilMs: -Infinity },
    remote: { lastSequence: -1, mustRest: false, heldUntilMs: -Infinity },
  };
  // From anywhere: what was said to the process before this one is of no lease of this one.
  #lease: Lease = { ...nobodySteers, epoch: randomInt(2 ** 30) };
  #slide: SlideOnStage = noSlide;
  #stop: { readonly by: Party } | null = null;
  #refused: Telemetry['refused'] = null;
  #overtaken = 0;
  #echo: { readonly sequence: number; readonly atMs: number } | null = null;
  #sight: { readonly reason: RefusalReason | null; readonly atMs: number } | null = null;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  issueNonce(): string {
    const nonce = randomBytes(12).toString('base64url');
    this.#nonces.issue(nonce, this.#options.nowMs());
    return nonce;
  }

  /** Null: it was executed. */
  intent(intent: MotionIntent, by: Party): RefusalReason | null {
    const reason = this.#take(intent, by);
    if (reason) this.countRefusal(reason, { by, sequence: intent.sequence });
    return reason;
  }

  request(request: DeviceRequest, by: Party): RefusalReason | null {
    const reason = this.#answer(request, by);
    if (reason) this.countRefusal(reason);
    return reason;
  }

  countRefusal(
    reason: RefusalReason,
    intent: { readonly by: Party; readonly sequence: number } | null = null,
  ): void {
    if (reason === 'old-sequence') this.#overtaken += 1;
    else this.#refused = { reason, count: (this.#refused?.count ?? 0) + 1, intent };
  }

  /** Keys of a new link epoch are in use: sequence and control start anew. */
  remoteChanged({ isSameSession }: { readonly isSameSession: boolean }): void {
    this.remoteLost();
    this.#parties.remote.lastSequence = -1;
    this.#echo = null;
    this.#sight = null;
    if (!isSameSession) this.#changeSlide({ kind: 'remote-left' });
  }

  /** The path is gone: what the remote was doing ends now. */
  remoteLost(): void {
    this.#parties.remote.heldUntilMs = -Infinity;
    this.#changeLease({ kind: 'lost', by: 'remote' });
  }

  /** It has to be found again first, and then asked for again: nobody goes on with what was meant before. */
  deviceGone(): void {
    const { holder } = this.#lease;
    if (holder === null) return;
    this.#changeLease({ kind: 'lost', by: holder });
    for (const party of parties) this.#parties[party].mustRest = true;
  }

  /** The backend of the bench lives; its procedures may go on. */
  benchIsAlive(): void {
    const nowMs = this.#options.nowMs();
    this.#parties.bench.heldUntilMs = nowMs + INTENT_LIFETIME_MS;
    const { startedBy } = this.#options.procedures.current() ?? {};
    if (startedBy === 'bench' && this.#lease.holder === 'bench')
      this.#changeLease({ kind: 'renew', by: 'bench' });
  }

  heldUntilMs(by: Party): number {
    return this.#parties[by].heldUntilMs;
  }

  /** The bench begins to scan or calibrate; it takes a free lease with that. */
  beginBenchProcedure(): RefusalReason | null {
    if (this.#stop) return 'stopped';
    if (this.#options.procedures.current()) return 'busy';
    if (this.#slide.isChanging) return 'slide-change';
    if (this.#lease.holder === null) this.#changeLease({ kind: 'request', by: 'bench' });
    return this.#lease.holder === 'bench' ? null : 'not-holder';
  }

  timePassed(): void {
    this.#changeLease({ kind: 'time-passed' });
  }

  /** The part of the telemetry that is decided here. */
  report() {
    const { epoch, holder, requestedBy } = this.#lease;
    const { isChanging, slide } = this.#slide;
    return {
      echo: this.#echo && {
        sequence: this.#echo.sequence,
        heldMs: this.#options.nowMs() - this.#echo.atMs,
      },
      lease: { epoch, holder, requestedBy },
      stop: this.#stop,
      slide: slide && { ...slide, agreedBy: [...slide.agreedBy] },
      isSlideChanging: isChanging,
      velocityRefusal: this.#velocityRefusal(),
      refused: this.#refused,
      overtaken: this.#overtaken,
    };
  }

  #take(intent: MotionIntent, by: Party): RefusalReason | null {
    const { nowMs, deviceTimeMs, mover, procedures } = this.#options;
    const acceptedAtMs = nowMs();
    const party = this.#parties[by];
    const nonceAgeMs = this.#nonces.ageMs(intent.nonce, acceptedAtMs);
    const reason = judgeIntent(intent, by, {
      deviceTimeMs: deviceTimeMs(),
      lease: this.#lease,
      lastSequence: party.lastSequence,
      nonceAgeMs,
      isStopped: this.#stop !== null,
      mustRest: party.mustRest,
      slide: this.#slide,
      isDeviceKnown: mover.isDeviceKnown,
      procedure: procedures.current(),
    });
    this.#remember(intent, by, nonceAgeMs, reason);
    if (reason) return reason;
    if (this.#lease.holder === by && intent.leaseEpoch === this.#lease.epoch) {
      this.#changeLease({ kind: 'renew', by });
    }
    switch (intent.kind) {
      case 'velocity':
        return mover.velocity(intent.velocityUmPerS, acceptedAtMs);
      case 'target':
        return mover.target(intent.targetId, withoutUndefined(intent.targetUm), acceptedAtMs);
      case 'hold':
        party.heldUntilMs = acceptedAtMs + INTENT_LIFETIME_MS;
        return null;
      default:
        party.mustRest = false;
        return null;
    }
  }

  #remember(
    intent: MotionIntent,
    by: Party,
    nonceAgeMs: number | undefined,
    reason: RefusalReason | null,
  ): void {
    const party = this.#parties[by];
    // What is foreign or old says nothing about its true sender.
    const isGenuine = nonceAgeMs !== undefined && intent.sequence > party.lastSequence;
    if (!isGenuine) return;
    party.lastSequence = intent.sequence;
    if (by !== 'remote') return;
    const atMs = this.#options.nowMs();
    this.#echo = { sequence: intent.sequence, atMs };
    if (nonceAgeMs > MAXIMUM_NONCE_AGE_MS) this.#sight = { reason: 'slow-link', atMs };
    else if (isPush(intent)) {
      this.#sight = { reason: reason === 'stale-picture' ? reason : null, atMs };
    }
  }

  #answer(request: DeviceRequest, by: Party): RefusalReason | null {
    switch (request.kind) {
      case 'request-lease':
        return this.#changeLease({ kind: 'request', by });
      case 'release-lease':
        return this.#changeLease({ kind: 'release', by });
      case 'grant-lease':
        return this.#changeLease({ kind: 'grant', by, to: request.to });
      case 'take-back':
        return this.#changeLease({ kind: 'take-back', by });
      case 'stop':
        return this.#stopAll(by);
      case 'release-stop':
        return this.#releaseStop(by);
      case 'cancel-procedure':
        return this.#cancel(request.procedureId, by);
      case 'begin-slide-change':
        return this.#beginSlideChange(by);
      case 'propose-slide':
        if (this.#options.procedures.current()) return 'busy';
        return this.#changeSlide({ ...request, kind: 'propose', by });
      case 'agree-slide':
        return this.#changeSlide({ ...request, kind: 'agree', by });
      default:
        return this.#operate(request, by);
    }
  }

  #operate(
    request: Extract<DeviceRequest, { kind: 'change-objective' | 'autofocus' | 'set-lamp' }>,
    by: Party,
  ): RefusalReason | null {
    if (this.#lease.holder !== by) return 'not-holder';
    if (request.leaseEpoch !== this.#lease.epoch) return 'old-lease';
    if (request.kind === 'set-lamp') {
      this.#options.setLamp(request.intensityPercent);
      return null;
    }
    if (this.#stop) return 'stopped';
    const refusal = slideRefusalTo(by, this.#slide);
    if (refusal) return refusal;
    if (this.#options.procedures.current()) return 'busy';
    if (!this.#options.mover.isDeviceKnown) return 'device-unknown';
    if (request.kind === 'change-objective') {
      const objective = this.#options.objectiveOf(request.objectiveId);
      if (!objective) return 'not-permitted';
      // Oil is put on the slide and wiped off by hand.
      if (by === 'remote' && objective.immersion === 'oil') return 'oil-objective';
    }
    this.#options.mover.halt();
    this.#parties[by].heldUntilMs = this.#options.nowMs() + INTENT_LIFETIME_MS;
    return this.#options.procedures.start(request, by);
  }

  #stopAll(by: Party): null {
    this.#options.mover.halt();
    this.#options.procedures.cancel('stopped', 'stopped');
    // A STOP of the bench is never weakened to one the remote may release.
    if (this.#stop?.by !== 'bench') this.#stop = { by };
    return null;
  }

  #releaseStop(by: Party): RefusalReason | null {
    if (!this.#stop) return null;
    if (by === 'remote' && this.#stop.by !== 'remote') return 'not-permitted';
    this.#stop = null;
    for (const party of parties) this.#parties[party].mustRest = true;
    return null;
  }

  #cancel(procedureId: string, by: Party): RefusalReason | null {
    const { procedures } = this.#options;
    const current = procedures.current();
    if (current?.procedureId !== procedureId) return null;
    if (by !== 'bench' && current.startedBy !== by) return 'not-permitted';
    procedures.cancel('cancelled', `by-${by}`);
    return null;
  }

  #beginSlideChange(by: Party): RefusalReason | null {
    if (by !== 'bench') return 'not-permitted';
    if (this.#stop) return 'stopped';
    this.#changeLease({ kind: 'take-back', by });
    this.#options.mover.halt();
    this.#options.procedures.cancel('cancelled', 'slide-change');
    const refusal = this.#changeSlide({ kind: 'begin-change', by });
    if (!refusal) this.#options.procedures.beginSlideChange();
    return refusal;
  }

  /** A change of holder ends whatever moves: nobody inherits a motion. */
  #changeLease(event: LeaseEvent): RefusalReason | null {
    const before = this.#lease;
    const { lease, refused } = changeLease(before, event, this.#options.nowMs());
    this.#lease = lease;
    if (lease.epoch === before.epoch) return refused;
    for (const party of parties) this.#parties[party].lastSequence = -1;
    if (before.holder !== null && lease.holder !== before.holder) {
      this.#options.mover.halt();
      this.#options.procedures.cancel('cancelled', 'control-changed');
    }
    return refused;
  }

  #changeSlide(event: SlideEvent): RefusalReason | null {
    const { state, refused } = changeSlide(this.#slide, event);
    this.#slide = state;
    return refused;
  }

  #velocityRefusal(): RefusalReason | null {
    if (this.#lease.holder !== 'remote') return 'not-holder';
    if (this.#stop || this.#parties.remote.mustRest) return 'stopped';
    const refusal = slideRefusal(this.#slide);
    if (refusal) return refusal;
    if (this.#options.procedures.current()) return 'busy';
    if (!this.#options.mover.isDeviceKnown) return 'device-unknown';
    const sight = this.#sight;
    return sight && this.#options.nowMs() - sight.atMs < REMEMBERED_MS ? sight.reason : null;
  }
}

function withoutUndefined(target: {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly z?: number | undefined;
}): Partial<PositionUm> {
  return {
    ...(target.x !== undefined && { x: target.x }),
    ...(target.y !== undefined && { y: target.y }),
    ...(target.z !== undefined && { z: target.z }),
  };
}
