import type { StackView } from '#renderer/imaging/index.ts';

export interface CineState {
  readonly pane: number;
  readonly wantedFps: number;
  /** Images that were really painted during the last second; undefined until one has passed. */
  readonly realFps: number | undefined;
}

const SLOWEST_FPS = 1;
const FASTEST_FPS = 60;
const DEFAULT_FPS = 10;
const MEASURED_OVER_MS = 1000;
const STEPS = [1, 2, 3, 5, 7.5, 10, 15, 20, 25, 30, 40, 50, 60];

/** What the file says its frames should be shown at, or a calm default. */
export function fpsOf(view: StackView): number {
  const frameTimeMs = view.state.get().image?.description.frameTimeMs;
  if (frameTimeMs === undefined || frameTimeMs <= 0) return DEFAULT_FPS;
  return Math.min(FASTEST_FPS, Math.max(SLOWEST_FPS, 1000 / frameTimeMs));
}

/** The next faster or slower speed. */
export function nextFps(fps: number, direction: 1 | -1): number {
  const faster = STEPS.find((step) => step > fps + 0.01) ?? FASTEST_FPS;
  const slower = STEPS.findLast((step) => step < fps - 0.01) ?? SLOWEST_FPS;
  return direction === 1 ? faster : slower;
}

/**
 * Plays a stack as a loop. Every image is shown: where loading or drawing cannot keep up the film gets
 * slower, and the speed that is really reached is told.
 */
export class Cine {
  readonly #view: StackView;
  readonly #told: (realFps: number | undefined) => void;
  readonly #paintedAtMs: number[] = [];
  readonly #stopRendered: () => void;
  #fps: number;
  #isStopped = false;

  constructor(view: StackView, fps: number, told: (realFps: number | undefined) => void) {
    this.#view = view;
    this.#fps = fps;
    this.#told = told;
    let lastIndex = -1;
    this.#stopRendered = view.onRendered(() => {
      const { index } = view.state.get();
      if (index === lastIndex) return;
      lastIndex = index;
      this.#paintedAtMs.push(performance.now());
    });
    void this.#run();
  }

  setFps(fps: number): void {
    this.#fps = fps;
    this.#paintedAtMs.length = 0;
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopRendered();
  }

  async #run(): Promise<void> {
    const startedAtMs = performance.now();
    let dueMs = startedAtMs;
    let toldAtMs = startedAtMs;
    while (!this.#isStopped) {
      await this.#view.scrollBy(1, true);
      const nowMs = performance.now();
      // A late image is not made up for by hurrying: the next one is due a full step after it.
      dueMs = Math.max(dueMs + 1000 / this.#fps, nowMs);
      if (nowMs - toldAtMs >= MEASURED_OVER_MS / 2 && nowMs - startedAtMs >= MEASURED_OVER_MS) {
        toldAtMs = nowMs;
        this.#told(this.#measured(nowMs));
      }
      await until(dueMs);
    }
  }

  #measured(nowMs: number): number {
    while ((this.#paintedAtMs[0] ?? nowMs) < nowMs - MEASURED_OVER_MS) this.#paintedAtMs.shift();
    return this.#paintedAtMs.length;
  }
}

/** Timers are late by milliseconds; a frame of the screen is what counts. */
function until(dueMs: number): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (performance.now() >= dueMs - 2) resolve();
      else if (dueMs - performance.now() > 40) setTimeout(check, dueMs - performance.now() - 20);
      else requestAnimationFrame(check);
    };
    requestAnimationFrame(check);
  });
}
