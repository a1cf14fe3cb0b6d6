import type { DecodedFrame } from '#shared/dicom/pixel-description.ts';
import { loadable, placesOf } from '../image-stack.ts';
import type { LoadableStack } from '../image-stack.ts';
import { freed } from './garbage.ts';
import { laneLimits } from './lanes.ts';
import type { LoadState } from './stack-progress.ts';

/** A part of the screen that shows a stack: what lies near its index is loaded first. */
interface Focus {
  readonly stack: LoadableStack;
  readonly index: number;
  /** Images further away are not loaded ahead. */
  readonly radius: number;
}

interface Entry {
  state: LoadState;
  frame?: DecodedFrame;
  failure?: unknown;
  bytes: number;
  lastUsed: number;
  controller?: AbortController;
  readonly waiting: Set<Waiter>;
}

interface Waiter {
  resolve(frame: DecodedFrame): void;
  reject(reason: unknown): void;
}

/** How far ahead images are computed: they cost processor time that scrolling needs too. */
const COMPUTED_AHEAD = 6;

/**
 * Loads frames in the order the doctor needs them and keeps them within a limit of bytes: what is waited
 * for first, then outwards from every index on the screen in turn. What nobody wants any more is cancelled.
 */
export class FrameLoader {
  /** May change at any time; takes effect with the next image. */
  cacheLimitBytes: number;
  readonly #entries = new Map<string, Entry>();
  /** Of a computed stack there are two: itself and what it is computed from. */
  readonly #foci = new Map<object, readonly Focus[]>();
  readonly #evictionListeners = new Set<(imageId: string) => void>();
  /** Waited for, the most recent last. */
  #urgent: string[] = [];
  readonly #active: Record<LoadableStack['lane'], number> = { network: 0, compute: 0 };
  #bytes = 0;
  #clock = 0;
  #turn = 0;

  constructor(cacheLimitBytes: number) {
    this.cacheLimitBytes = cacheLimitBytes;
  }

  /** Tells when pixels leave the cache. */
  onEvicted(listener: (imageId: string) => void): void {
    this.#evictionListeners.add(listener);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The frame if it is there; being asked for keeps it in the cache. */
  peek(imageId: string): DecodedFrame | undefined {
    const entry = this.#entries.get(imageId);
    if (entry?.frame) entry.lastUsed = ++this.#clock;
    return entry?.frame;
  }

  /** Before everything else. Rejects with what went wrong, or when `signal` says it is no longer wanted. */
  load(imageId: string, signal?: AbortSignal): Promise<DecodedFrame> {
    const frame = this.peek(imageId);
    if (frame) return Promise.resolve(frame);
    return new Promise((resolve, reject) => {
      const entry = this.#entry(imageId);
      const waiter: Waiter = { resolve, reject };
      entry.waiting.add(waiter);
      signal?.addEventListener(
        'abort',
        () => {
          entry.waiting.delete(waiter);
          reject(signal.reason);
          this.#cancelUnwanted();
        },
        { once: true },
      );
      if (entry.state === 'failed') this.#forgetFailure(imageId, entry);
      if (entry.state === 'absent') this.#urgent.push(imageId);
      this.#pump();
    });
  }

  /** Says that `owner` looks at this index now; loading follows it. Nothing to look at: undefined. */
  focus(owner: object, place: { stack: LoadableStack; index: number } | undefined): void {
    const known = this.#foci.get(owner);
    if (!place) this.#foci.delete(owner);
    else this.#foci.set(owner, fociOf(place.stack, place.index));
    if (known?.[0]?.stack !== place?.stack) this.#cancelUnwanted();
    this.#pump();
  }

  /** Whether a part of the screen shows the stack, or what is computed from it. */
  isOnScreen(stack: LoadableStack): boolean {
    return [...this.#foci.values()].flat().some((focus) => focus.stack === stack);
  }

  /** Tries every failed image of the stack again. */
  retry(stack: LoadableStack): void {
    for (const { imageId } of stack.images) {
      const entry = this.#entries.get(imageId);
      if (entry?.state === 'failed') this.#forgetFailure(imageId, entry);
    }
    this.#pump();
  }

  failureOf(imageId: string): unknown {
    return this.#entries.get(imageId)?.failure;
  }

  /** Takes images out of memory, whatever wants them. */
  drop(imageIds: Iterable<string>): void {
    for (const imageId of imageIds) {
      const entry = this.#entries.get(imageId);
      if (!entry) continue;
      entry.controller?.abort();
      if (entry.frame) this.#evict(imageId, entry);
      if (entry.waiting.size === 0) this.#entries.delete(imageId);
    }
  }

  #entry(imageId: string): Entry {
    const known = this.#entries.get(imageId);
    if (known) return known;
    const entry: Entry = { state: 'absent', bytes: 0, lastUsed: 0, waiting: new Set() };
    this.#entries.set(imageId, entry);
    return entry;
  }

  #setState(imageId: string, entry: Entry, state: LoadState): void {
    entry.state = state;
    for (const { stack, index } of placesOf(imageId)) stack.keeper.setState(index, state);
  }

  #forgetFailure(imageId: string, entry: Entry): void {
    delete entry.failure;
    this.#setState(imageId, entry, 'absent');
  }

  #pump(): void {
    while (this.#startUrgent());
    for (const lane of ['network', 'compute'] as const) {
      while (this.#active[lane] < laneLimits[lane].ahead) {
        const next = this.#nextAhead(lane);
        if (next === undefined) break;
        this.#start(next, lane, false);
      }
    }
  }

  #startUrgent(): boolean {
    this.#urgent = this.#urgent.filter((imageId) => {
      const entry = this.#entries.get(imageId);
      return entry?.state === 'absent' && entry.waiting.size > 0;
    });
    for (let at = this.#urgent.length - 1; at >= 0; at--) {
      const imageId = this.#urgent[at] ?? '';
      const lane = placesOf(imageId)[0]?.stack.lane ?? 'network';
      if (this.#active[lane] >= laneLimits[lane].all) continue;
      this.#urgent.splice(at, 1);
      this.#start(imageId, lane, true);
      return true;
    }
    return false;
  }

  /** The nearest image not yet loaded, each part of the screen in its turn. */
  #nextAhead(lane: LoadableStack['lane']): string | undefined {
    const foci = [...this.#foci.values()].flat().filter(({ stack }) => stack.lane === lane);
    for (let step = 0; step < foci.length; step++) {
      const focus = foci[(this.#turn + step) % foci.length];
      const next = focus && this.#nearestAbsent(focus);
      if (next === undefined) continue;
      this.#turn = (this.#turn + step + 1) % foci.length;
      return next;
    }
    return undefined;
  }

  #nearestAbsent({ stack, index, radius }: Focus): string | undefined {
    const { images } = stack;
    const reach = Math.min(radius, Math.max(index, images.length - 1 - index));
    for (let distance = 0; distance <= reach; distance++) {
      for (const at of distance === 0 ? [index] : [index + distance, index - distance]) {
        const imageId = images[at]?.imageId;
        if (imageId === undefined) continue;
        const state = this.#entries.get(imageId)?.state ?? 'absent';
        if (state === 'absent') return this.#makeRoom(bytesOfNext(stack, at), distance) ? imageId : undefined;
      }
    }
    return undefined;
  }

  #start(imageId: string, lane: LoadableStack['lane'], isUrgent: boolean): void {
    const [place] = placesOf(imageId);
    const entry = this.#entry(imageId);
    if (!place) {
      this.#settle(imageId, entry, { failure: new Error(`unknown image ${imageId}`) });
      return;
    }
    const controller = new AbortController();
    entry.controller = controller;
    this.#setState(imageId, entry, 'loading');
    this.#active[lane]++;
    void place.stack
      .produce(place.index, controller.signal, isUrgent)
      .then(
        (frame) => this.#settle(imageId, entry, { frame }),
        (failure: unknown) =>
          controller.signal.aborted
            ? this.#setState(imageId, entry, 'absent')
            : this.#settle(imageId, entry, { failure }),
      )
      .finally(() => {
        this.#active[lane]--;
        if (entry.controller === controller) delete entry.controller;
        if (entry.state === 'absent' && entry.waiting.size > 0) this.#urgent.push(imageId);
        this.#pump();
      });
  }

  #settle(imageId: string, entry: Entry, result: { frame: DecodedFrame } | { failure: unknown }): void {
    const waiting = [...entry.waiting];
    entry.waiting.clear();
    if ('failure' in result) {
      entry.failure = result.failure;
      this.#setState(imageId, entry, 'failed');
      for (const waiter of waiting) waiter.reject(result.failure);
      return;
    }
    entry.frame = result.frame;
    entry.bytes = bytesOf(result.frame);
    entry.lastUsed = ++this.#clock;
    this.#bytes += entry.bytes;
    this.#setState(imageId, entry, 'loaded');
    for (const waiter of waiting) waiter.resolve(result.frame);
    this.#makeRoom(0, 0);
  }

  /** Frees the least useful images first; false if only more useful ones are left. */
  #makeRoom(bytes: number, distance: number): boolean {
    const limit = this.cacheLimitBytes;
    if (this.#bytes + bytes <= limit) return true;
    const nearest = this.#distances();
    const candidates = [...this.#entries]
      .filter(([imageId, entry]) => entry.frame && (nearest.get(imageId) ?? Infinity) > distance)
      .map(([imageId, entry]) => ({ imageId, entry, distance: nearest.get(imageId) ?? Infinity }))
      .sort((a, b) => b.distance - a.distance || a.entry.lastUsed - b.entry.lastUsed);
    for (const { imageId, entry } of candidates) {
      if (this.#bytes + bytes <= limit) break;
      this.#evict(imageId, entry);
    }
    return this.#bytes + bytes <= limit;
  }

  /** How far each image is from what is on the screen; those not named here are in no stack on it. */
  #distances(): Map<string, number> {
    const nearest = new Map<string, number>();
    for (const { stack, index, radius } of [...this.#foci.values()].flat()) {
      stack.images.forEach(({ imageId }, at) => {
        const distance = Math.abs(at - index);
        if (distance <= radius && distance < (nearest.get(imageId) ?? Infinity))
          nearest.set(imageId, distance);
      });
    }
    return nearest;
  }

  #evict(imageId: string, entry: Entry): void {
    this.#bytes -= entry.bytes;
    freed(entry.bytes);
    delete entry.frame;
    entry.bytes = 0;
    this.#setState(imageId, entry, 'absent');
    for (const listener of this.#evictionListeners) listener(imageId);
  }

  #cancelUnwanted(): void {
    const wanted = this.#distances();
    for (const [imageId, entry] of this.#entries) {
      if (entry.state === 'loading' && entry.waiting.size === 0 && !wanted.has(imageId))
        entry.controller?.abort();
    }
  }
}

function fociOf(stack: LoadableStack, index: number): Focus[] {
  if (stack.lane === 'network') return [{ stack, index, radius: stack.images.length }];
  const source = loadable(stack.source);
  const at = stack.sourceIndex?.(index) ?? Math.floor(source.images.length / 2);
  return [{ stack, index, radius: COMPUTED_AHEAD }, ...fociOf(source, at)];
}

function bytesOf(frame: DecodedFrame): number {
  return frame.pixels.byteLength;
}

/** Before it is there, a frame is taken to be as large as its matrix says. */
function bytesOfNext(stack: LoadableStack, index: number): number {
  const description = stack.images[index]?.description;
  return description ? description.rows * description.columns * (description.isColour ? 3 : 2) : 0;
}
