/** One core is left for the page itself. */
const cores = navigator.hardwareConcurrency || 2;
export const DECODING_WORKERS = Math.min(6, Math.max(1, cores - 1));

/** How many images of one kind are made at once. */
export interface LaneLimits {
  /** Loading ahead never takes the last places: the image the doctor looks at always finds one. */
  readonly ahead: number;
  readonly all: number;
}

export const laneLimits: Readonly<Record<'network' | 'compute', LaneLimits>> = {
  // Chromium opens six connections to one server. Fewer than four leave the worker waiting for answers.
  network: { ahead: 4, all: 6 },
  compute: { ahead: 1, all: 3 },
};
