import type { Telemetry } from '#shared/motion/telemetry.ts';

const REMEMBERED = 256;
/** The figure shown is the median of so many: one late packet is no slow link. */
const MEDIAN_OF = 9;

/**
 * Round trip and the device host's clock, from what telemetry echoes. Clocks of two sites are never compared: the
 * device's time is known to within half of the shortest round trip.
 */
export class RoundTrip {
  readonly #sentAtMs = new Map<number, number>();
  #recent: number[] = [];
  #echoed = -1;
  #best:
    | { readonly roundTripMs: number; readonly deviceMinusPageMs: number; readonly atMs: number }
    | undefined;

  sent(sequence: number, nowMs: number): void {
    this.#sentAtMs.set(sequence, nowMs);
    if (this.#sentAtMs.size > REMEMBERED) {
      const [oldest] = this.#sentAtMs.keys();
      if (oldest !== undefined) this.#sentAtMs.delete(oldest);
    }
  }

  /** True if the telemetry brought a new answer. */
  heard({ echo, deviceTimeMs }: Pick<Telemetry, 'echo' | 'deviceTimeMs'>, nowMs: number): boolean {
    if (!echo || echo.sequence === this.#echoed) return false;
    const sentAtMs = this.#sentAtMs.get(echo.sequence);
    if (sentAtMs === undefined) return false;
    this.#echoed = echo.sequence;
    const roundTripMs = Math.max(0, nowMs - sentAtMs - echo.heldMs);
    this.#recent = [...this.#recent, roundTripMs].slice(-MEDIAN_OF);
    // Quartz clocks drift apart by some 50 µs/s; an old best one is worth less than a new good one.
    const best = this.#best;
    const agedMs = best ? best.roundTripMs + (nowMs - best.atMs) * 0.0002 : Number.POSITIVE_INFINITY;
    if (roundTripMs <= agedMs) {
      this.#best = { roundTripMs, deviceMinusPageMs: deviceTimeMs + roundTripMs / 2 - nowMs, atMs: nowMs };
    }
    return true;
  }

  /** The newest answer's. */
  get latestMs(): number | null {
    return this.#recent.at(-1) ?? null;
  }

  /** Null before the first answer. */
  get roundTripMs(): number | null {
    const sorted = [...this.#recent].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  /** The device host's clock now, as well as it is known. */
  deviceTimeMs(nowMs: number): number | null {
    return this.#best ? nowMs + this.#best.deviceMinusPageMs : null;
  }

  /** The link is another one from now on. */
  reset(): void {
    this.#sentAtMs.clear();
    this.#recent = [];
    this.#best = undefined;
    this.#echoed = -1;
  }
}
