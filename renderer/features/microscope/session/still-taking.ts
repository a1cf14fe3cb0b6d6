import type { Still } from '#shared/contract/microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { MicroscopeSession } from './microscope-session.ts';
import { Settling } from './settling.ts';
import { bestForm, visiblePart, withStill } from './still-choice.ts';
import type { Visible } from './still-choice.ts';

const NARROWEST = 640;
const WIDEST = 3840;

/** Asks for a picture to diagnose on whenever the stage has settled, shows it, and puts it away with the next move. */
export class StillTaking {
  readonly #session: MicroscopeSession;
  readonly #settling = new Settling();
  #screenWidth = 1280;

  constructor(session: MicroscopeSession) {
    this.#session = session;
  }

  /** Device pixels the picture takes on the screen: more than that in the lossy form would only cost time. */
  setScreenWidth(devicePixels: number): void {
    this.#screenWidth = Math.round(Math.max(NARROWEST, Math.min(WIDEST, devicePixels)));
  }

  observe(telemetry: Telemetry, nowMs: number): void {
    const { steering, model } = this.#session;
    const isMeant = steering.isPushed || steering.isAimed || steering.heldProcedure !== undefined;
    const change = this.#settling.observe({ telemetry, isMeant, nowMs });
    if (change === 'moved') this.moved();
    const { takesStills, shownStillId } = model.getState();
    const mayTake =
      takesStills && shownStillId === null && telemetry.slide !== null && !telemetry.isSlideChanging;
    if (change === 'settled' && mayTake && document.visibilityState === 'visible') void this.take(false);
  }

  /** Back to the video: what is on the screen is no longer what lies under the objective. */
  moved(): void {
    const { shownStillId, settledStillId } = this.#session.model.getState();
    if (shownStillId !== null || settledStillId !== null) {
      this.#session.model.setState({ shownStillId: null, settledStillId: null });
    }
  }

  /** Takes a still here and now. */
  async take(isKept: boolean): Promise<void> {
    const { backend, model } = this.#session;
    const stillId = crypto.randomUUID();
    model.setState({ settledStillId: stillId });
    try {
      await backend.microscope.takeStill({
        stillId,
        isKept,
        lossyWidth: this.#screenWidth,
        visible: this.#visible,
      });
    } catch (error) {
      if (model.getState().settledStillId === stillId) model.setState({ settledStillId: null });
      if (isKept) this.#session.showProblem(error);
    }
  }

  get #visible(): Visible {
    const { frame, screenWidth, screenHeight, zoom } = this.#session.model.getState();
    return frame && visiblePart(frame, { width: screenWidth, height: screenHeight }, zoom);
  }

  /** Pins the still that is on the screen, or takes one. */
  async keep(): Promise<void> {
    const { backend, model } = this.#session;
    const { shownStillId, settledStillId } = model.getState();
    const stillId = shownStillId ?? settledStillId;
    if (stillId === null) {
      await this.take(true);
      return;
    }
    await backend.microscope
      .takeStill({ stillId, isKept: true, lossyWidth: this.#screenWidth, visible: this.#visible })
      .catch((error: unknown) => this.#session.showProblem(error));
  }

  changed(still: Still): void {
    const { model } = this.#session;
    const { stillId } = still.facts;
    model.setState(({ stills, shownStillId }) => ({ stills: withStill(stills, still, shownStillId) }));
    const { settledStillId, shownStillId } = model.getState();
    if (stillId === settledStillId && shownStillId === null && bestForm(still)) {
      model.setState({ shownStillId: stillId });
    }
  }

  /** The bench could not take it: moved meanwhile, no camera, no slide. The video goes on. */
  refused(stillId: string, reason: string): void {
    const { model } = this.#session;
    const { settledStillId, stills } = model.getState();
    const wasKept = stills.some(({ facts }) => facts.stillId === stillId && facts.isKept);
    model.setState({
      stills: stills.filter(({ facts }) => facts.stillId !== stillId),
      ...(settledStillId === stillId && { settledStillId: null, shownStillId: null }),
      ...(wasKept && { refused: { kind: 'still', reason, atMs: performance.now() } }),
    });
  }

  /** Shows a still of the strip, or the video again. */
  show(stillId: string | null): void {
    this.#session.model.setState({
      shownStillId: stillId,
      ...(stillId === null && { settledStillId: null }),
    });
  }
}
