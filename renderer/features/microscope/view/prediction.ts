import type { PointUm } from '#shared/motion/position.ts';

interface Push {
  readonly fromMs: number;
  readonly velocityUmPerS: PointUm;
}

/** A commanded place that no frame has reached for so long is given up: the picture tells where the stage is. */
const TARGET_PATIENCE_MS = 1500;
const LONGEST_LEAD_MS = 800;

/**
 * Where the stage will be seen once everything commanded so far has become visible.
 * Velocity: the newest frame's place plus what was commanded within the delay of the loop (so nothing drifts and
 * nothing remains when the hand lets go). A target: the target itself, until a frame shows it or patience ends.
 * Times are the page's own, ms.
 */
export class Prediction {
  #pushes: Push[] = [];
  #target: { readonly place: PointUm; sinceMs: number } | undefined;
  #frame: { readonly place: PointUm; readonly atMs: number } | undefined;
  #loopDelayMs = 150;

  /** From a command to the frame that shows its effect, ms. */
  setLoopDelay(delayMs: number): void {
    this.#loopDelayMs = Math.max(0, Math.min(LONGEST_LEAD_MS, delayMs));
  }

  /** From now on this velocity is commanded; null: none is, or it was refused. */
  push(velocityUmPerS: PointUm | null, nowMs: number): void {
    if (velocityUmPerS) this.#target = undefined;
    const velocity = velocityUmPerS ?? { x: 0, y: 0 };
    const last = this.#pushes.at(-1)?.velocityUmPerS ?? { x: 0, y: 0 };
    if (last.x === velocity.x && last.y === velocity.y) return;
    this.#pushes.push({ fromMs: nowMs, velocityUmPerS: velocity });
    this.#forget(nowMs);
  }

  /** From now on the stage is on its way there; null: no longer. */
  aim(place: PointUm | null, nowMs: number): void {
    this.#target = place ? { place, sinceMs: nowMs } : undefined;
  }

  /** A frame exposed at `place` is on the screen. */
  show(place: PointUm, nowMs: number): void {
    const before = this.#frame?.place;
    this.#frame = { place, atMs: nowMs };
    const target = this.#target;
    // As long as the pictures move, the stage is on its way.
    if (target && before && distance(before, place) > 0.2) target.sinceMs = nowMs;
  }

  /** Nothing commanded counts any more: link lost, STOP, refused. */
  forget(): void {
    this.#pushes = [];
    this.#target = undefined;
  }

  /** What belongs in the middle of the screen; undefined before the first frame. */
  place(nowMs: number): PointUm | undefined {
    const frame = this.#frame;
    if (!frame) return this.#target?.place;
    const target = this.#target;
    if (target) {
      if (distance(target.place, frame.place) < 0.3 || nowMs - target.sinceMs > TARGET_PATIENCE_MS) {
        this.#target = undefined;
        return frame.place;
      }
      return target.place;
    }
    const lead = this.#commandedWithin(nowMs - this.#loopDelayMs, nowMs);
    return { x: frame.place.x + lead.x, y: frame.place.y + lead.y };
  }

  #commandedWithin(fromMs: number, toMs: number): PointUm {
    let x = 0;
    let y = 0;
    for (const [index, push] of this.#pushes.entries()) {
      const begin = Math.max(fromMs, push.fromMs);
      const end = Math.min(toMs, this.#pushes[index + 1]?.fromMs ?? toMs);
      const seconds = Math.max(0, end - begin) / 1000;
      x += push.velocityUmPerS.x * seconds;
      y += push.velocityUmPerS.y * seconds;
    }
    return { x, y };
  }

  #forget(nowMs: number): void {
    const keepFromMs = nowMs - LONGEST_LEAD_MS;
    while ((this.#pushes[1]?.fromMs ?? Number.POSITIVE_INFINITY) < keepFromMs) this.#pushes.shift();
  }
}

function distance(one: PointUm, other: PointUm): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
