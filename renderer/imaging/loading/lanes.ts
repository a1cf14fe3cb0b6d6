/** One core is left for the page itself. */
const cores = navigator.hardwareConcurrency || 2;
export const DECODING_WORKERS = Math.min(6, Math.max(1, cores - 1));

/** How many images of one kind are made at once. */
export interface LaneLimits {
  /** Loading ahead never takes the last places: the image the doctor looks at always finds one. */
  readonly ahead: number;
  readonly all: number;
}

/** While a worker decodes one frame, the next is being fetched for it; more would only wait. */
const fetchedAhead = Math.min(4, DECODING_WORKERS * 2);

export const laneLimits: Readonly<Record<'network' | 'compute', LaneLimits>> = {
  // Chromium opens six connections to one server.
  network: { ahead: fetchedAhead, all: Math.min(6, fetchedAhead + 2) },
  compute: { ahead: 1, all: 3 },
};
