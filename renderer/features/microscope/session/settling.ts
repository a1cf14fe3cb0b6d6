import type { Telemetry } from '#shared/motion/telemetry.ts';

/** The stage has to stand for so long before a still is worth taking, ms. */
export const SETTLED_AFTER_MS = 300;

export interface SettlingFacts {
  readonly telemetry: Telemetry;
  /** Something is still meant here. */
  readonly isMeant: boolean;
  readonly nowMs: number;
}

/** Says once per standstill that the picture has settled, and once per departure that it moves again. */
export class Settling {
  #stillSinceMs: number | undefined;
  #isSettled = false;
  #place = '';

  /** What has just begun, if anything has. */
  observe({ telemetry, isMeant, nowMs }: SettlingFacts): 'settled' | 'moved' | undefined {
    const { axes, positionUm, objectiveId, procedure, turret, slide } = telemetry;
    const isMoving =
      isMeant ||
      procedure !== null ||
      turret !== 'idle' ||
      Object.values(axes).some((axis) => axis !== 'idle');
    const place = `${positionUm.x.toFixed(0)} ${positionUm.y.toFixed(0)} ${positionUm.z.toFixed(1)} ${objectiveId} ${slide?.slideId}`;
    if (isMoving || place !== this.#place) {
      this.#place = place;
      this.#stillSinceMs = isMoving ? undefined : nowMs;
      const wasSettled = this.#isSettled;
      this.#isSettled = false;
      return wasSettled ? 'moved' : undefined;
    }
    this.#stillSinceMs ??= nowMs;
    if (this.#isSettled || nowMs - this.#stillSinceMs < SETTLED_AFTER_MS) return undefined;
    this.#isSettled = true;
    return 'settled';
  }
}
