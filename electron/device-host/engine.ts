import type { RefusalReason } from '#shared/motion/intent.ts';
import { INTENT_LIFETIME_MS, MAXIMUM_RAMP_DOWN_MS } from '#shared/motion/limits-of-time.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import { planTarget, planVelocity } from '#shared/motion/plan-move.ts';
import type { MoveBounds, PlannedMove } from '#shared/motion/plan-move.ts';
import { axes } from '#shared/motion/position.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import { ceilingsWith, isWithin, limitsWith, withRetraction } from '#shared/motion/soft-limits.ts';
import type { Controller } from './drivers/controller.ts';

export interface EngineOptions {
  readonly controller: Controller;
  readonly configuration: () => MicroscopeConfiguration;
  readonly nowMs: () => number;
}

/** What ends a procedure early, or why it failed. */
export class MotionEnded extends Error {
  readonly outcome: 'cancelled' | 'stopped' | 'failed';
  readonly reason: string | null;

  constructor(outcome: MotionEnded['outcome'], reason: string | null = null) {
    super(reason ?? outcome);
    this.name = 'MotionEnded';
    this.outcome = outcome;
    this.reason = reason;
  }
}

export interface Way {
  /** Whether the way down to where the turret turns is open. */
  readonly isRetracting?: boolean;
  /** Slower than the objective allows. */
  readonly focusUmPerS?: number;
  /** Once it holds, the way ends where it is. */
  readonly isEnough?: () => boolean;
}

export interface TravelOptions extends Way {
  /** Until when whoever wants this still wants it; meaning it again makes it later. */
  readonly heldUntilMs: () => number;
  readonly signal: AbortSignal;
}

const TRAVEL_STEP_MS = 10;
/** A controller that says nothing for this long on the way has failed. */
const UNKNOWN_TIMEOUT_MS = 1000;
/** With a margin for controllers that compute in steps. */
const RAMP_S = (MAXIMUM_RAMP_DOWN_MS / 1000) * 0.9;

/**
 * The only part that moves anything. Whatever it starts ends by itself after `INTENT_LIFETIME_MS`, and the
 * watchdog stops it besides.
 */
export class Engine {
  readonly #options: EngineOptions;
  #drivenUntilMs = -Infinity;
  #isDriven = false;
  #arrived: string | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  get isDeviceKnown(): boolean {
    const { isConnected, axes: states } = this.#options.controller.state();
    return isConnected && axes.every((axis) => states[axis] !== 'unknown');
  }

  /** Null: it drives. */
  velocity(velocityUmPerS: PositionUm, acceptedAtMs: number): RefusalReason | null {
    const from = this.#options.controller.state().positionUm;
    const planned = planVelocity(velocityUmPerS, from, this.#bounds());
    if (!planned) {
      this.halt();
      return 'outside-limits';
    }
    this.#move(planned, acceptedAtMs);
    return null;
  }

  /** Null: it drives, or has arrived. */
  target(targetId: string, targetUm: Partial<PositionUm>, acceptedAtMs: number): RefusalReason | null {
    const bounds = this.#bounds();
    if (!isWithin(targetUm, bounds.limits)) return 'outside-limits';
    if (this.#arrived === targetId) return null;
    if (this.#isAt(targetUm)) {
      this.#arrived = targetId;
      return null;
    }
    this.#arrived = undefined;
    this.#move(planTarget(targetUm, this.#options.controller.state().positionUm, bounds), acceptedAtMs);
    return null;
  }

  halt(): void {
    this.#isDriven = false;
    this.#options.controller.stop();
  }

  /** Called every few milliseconds: stops what nobody means any more. */
  watch(): void {
    if (this.#isDriven && this.#options.nowMs() >= this.#drivenUntilMs) this.halt();
  }

  /**
   * Goes to a place within the limits while it is held, and waits there or on the way when it is not.
   *
   * @throws MotionEnded
   */
  async travel(targetUm: Partial<PositionUm>, options: TravelOptions): Promise<void> {
    const { nowMs, controller } = this.#options;
    let knownAtMs = nowMs();
    for (;;) {
      const bounds = this.#bounds(options.isRetracting, options.focusUmPerS);
      if (!isWithin(targetUm, bounds.limits)) throw new MotionEnded('failed', 'outside-limits');
      options.signal.throwIfAborted();
      if (options.isEnough?.()) {
        this.halt();
        return;
      }
      if (this.isDeviceKnown) {
        knownAtMs = nowMs();
        if (this.#isAt(targetUm)) return;
        const heldUntilMs = options.heldUntilMs();
        if (heldUntilMs > nowMs()) {
          this.#move(
            planTarget(targetUm, controller.state().positionUm, bounds),
            heldUntilMs - INTENT_LIFETIME_MS,
          );
        }
      } else if (nowMs() - knownAtMs > UNKNOWN_TIMEOUT_MS) {
        throw new MotionEnded('failed', controller.state().fault ?? 'device-unknown');
      }
      await pause(TRAVEL_STEP_MS);
    }
  }

  #move(planned: PlannedMove, acceptedAtMs: number): void {
    const untilMs = acceptedAtMs + INTENT_LIFETIME_MS;
    const durationMs = Math.min(INTENT_LIFETIME_MS, untilMs - this.#options.nowMs());
    if (durationMs <= 0) return;
    this.#isDriven = true;
    this.#drivenUntilMs = untilMs;
    this.#options.controller.move({ axes: this.#braked(planned), durationMs, acceptedAtMs });
  }

  /** No speed, on no path, that takes longer to end than a ramp down may. */
  #braked(planned: PlannedMove): PlannedMove {
    const { stage, focus } = this.#options.controller.brakingUmPerS2;
    const capped: PlannedMove = {};
    for (const axis of axes) {
      const move = planned[axis];
      const ceiling = (axis === 'z' ? focus : stage) * RAMP_S;
      if (move) capped[axis] = { ...move, speedUmPerS: Math.min(move.speedUmPerS, ceiling) };
    }
    return capped;
  }

  #isAt(targetUm: Partial<PositionUm>): boolean {
    const { toleranceUm } = this.#options.controller;
    const { positionUm, axes: states } = this.#options.controller.state();
    return axes.every((axis) => {
      const to = targetUm[axis];
      if (to === undefined) return true;
      const tolerance = axis === 'z' ? toleranceUm.focus : toleranceUm.stage;
      return states[axis] === 'idle' && Math.abs(positionUm[axis] - to) <= tolerance;
    });
  }

  #bounds(isRetracting = false, focusUmPerS = Infinity): MoveBounds {
    const configuration = this.#options.configuration();
    const { objectiveId } = this.#options.controller.state();
    const limits = limitsWith(configuration, objectiveId);
    const ceilings = ceilingsWith(configuration, objectiveId);
    return {
      limits: isRetracting ? withRetraction(limits, configuration) : limits,
      focusRange: limits.z,
      ceilings: { ...ceilings, focusUmPerS: Math.min(ceilings.focusUmPerS, focusUmPerS) },
    };
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
