import { MAXIMUM_FRAME_AGE_MS } from '#shared/motion/limits-of-time.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import type { CameraAxes } from '../view/camera-axes.ts';
import { fitScale } from '../view/stage-view.ts';
import type { Size } from '../view/stage-view.ts';
import { axesOfFrame, objectiveOf } from './microscope-facts.ts';
import type { ObjectiveFacts } from './microscope-facts.ts';
import type { MicroscopeSession } from './microscope-session.ts';
import { stillOnScreen } from './still-choice.ts';
import { tellTiming } from './tell-timing.ts';

export interface ShownStamp {
  readonly deviceTimeMs: number;
  readonly positionUm: PositionUm;
  readonly objectiveId: number | null;
}

const FOCUS_SCORES = 240;
const FRESH_FOR_MS = 1000;

/** What is on the screen: which frame, from when and where, how large and how sharp. Owns no picture. */
export class ShownPicture {
  readonly #session: MicroscopeSession;
  #stamp: ShownStamp | undefined;
  #shownAtMs = 0;
  #glassToGlassMs: number | null = null;

  constructor(session: MicroscopeSession) {
    this.#session = session;
  }

  get stamp(): ShownStamp | undefined {
    return this.#stamp;
  }

  get glassToGlassMs(): number | null {
    return this.#glassToGlassMs;
  }

  /** With which the frame on the screen was exposed. */
  get objective(): ObjectiveFacts | undefined {
    const { facts, telemetry } = this.#session;
    return objectiveOf(facts, this.#stamp?.objectiveId ?? telemetry?.objectiveId);
  }

  /** Of the frame on the screen. */
  get axes(): CameraAxes | undefined {
    const { facts, model } = this.#session;
    const { frame } = model.getState();
    const { objective } = this;
    return facts && frame && objective ? axesOfFrame(objective, facts.sensor, frame.width) : undefined;
  }

  /** A frame is on the screen from now on. */
  frameShown(frame: Size, stamp: ShownStamp | undefined): void {
    const { model, prediction, roundTrip } = this.#session;
    const nowMs = performance.now();
    const known = model.getState().frame;
    if (known?.width !== frame.width || known.height !== frame.height) model.setState({ frame });
    this.#shownAtMs = nowMs;
    if (!stamp) return;
    this.#stamp = stamp;
    prediction.show(stamp.positionUm, nowMs);
    const deviceNowMs = roundTrip.deviceTimeMs(nowMs);
    if (deviceNowMs === null) return;
    this.#glassToGlassMs = deviceNowMs - stamp.deviceTimeMs;
    tellTiming('microscope.glass-to-glass', this.#glassToGlassMs, nowMs);
  }

  /** There is none any more: nothing of before counts. */
  forget(): void {
    this.#stamp = undefined;
    this.#shownAtMs = 0;
  }

  sharpnessIs(score: number): void {
    this.#session.model.setState(({ focusScores }) => ({
      focusScores: [...focusScores, score].slice(-FOCUS_SCORES),
    }));
  }

  /** 1: the whole field as large as the window allows. */
  setZoom(zoom: number): void {
    this.#session.model.setState({ zoom: Math.max(1, Math.min(8, zoom < 1.1 ? 1 : zoom)) });
  }

  /** One pixel of the picture on one pixel of the screen. */
  showActualPixels(): void {
    const model = this.#session.model.getState();
    const { frame, screenWidth, screenHeight } = model;
    const still = stillOnScreen(model)?.still.facts;
    const size = still ? { width: still.widthPixels, height: still.heightPixels } : frame;
    if (!size) return;
    this.setZoom(
      1 / (fitScale(size, { width: screenWidth, height: screenHeight }) * window.devicePixelRatio),
    );
  }

  /** Sets the scale bar. Undefined before the first picture. */
  micrometresPerScreenPixel(): number | undefined {
    const model = this.#session.model.getState();
    const { frame, zoom, screenWidth, screenHeight } = model;
    const screen = { width: screenWidth, height: screenHeight };
    const still = stillOnScreen(model)?.still.facts;
    if (still) {
      const size = { width: still.widthPixels, height: still.heightPixels };
      return still.micrometresPerPixel / (fitScale(size, screen) * zoom);
    }
    const { axes } = this;
    return frame && axes ? axes.micrometresPerPixel / (fitScale(frame, screen) * zoom) : undefined;
  }

  /** Null before the first frame. */
  get frameAgeMs(): number | null {
    return this.#shownAtMs === 0 ? null : performance.now() - this.#shownAtMs;
  }

  /** How old what is shown is, by its own stamp: a camera may freeze behind a link that does not. */
  get ageMs(): number {
    const exposedAtMs = this.#stamp?.deviceTimeMs;
    const { telemetry } = this.#session;
    const sinceExposure = exposedAtMs === undefined ? 0 : (telemetry?.deviceTimeMs ?? 0) - exposedAtMs;
    return Math.max(this.frameAgeMs ?? 0, sinceExposure);
  }

  /** What the device host will refuse to be steered by: it need not be tried first. */
  get isTooOldToSteer(): boolean {
    return this.#shownAtMs !== 0 && this.ageMs > MAXIMUM_FRAME_AGE_MS;
  }

  get isFresh(): boolean {
    return (this.frameAgeMs ?? Number.POSITIVE_INFINITY) < FRESH_FOR_MS;
  }
}
