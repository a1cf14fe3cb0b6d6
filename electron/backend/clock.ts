/** The only source of time in the backend, so that tests can set it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC, for what is stored. */
  nowMs(): number;
  /** Milliseconds that never jump, for durations. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
