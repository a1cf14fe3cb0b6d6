import type { PointUm, PositionUm } from '#shared/motion/position.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { isUsable, objectiveOf, placeOfSlide, placeOfStage } from './microscope-facts.ts';
import type { MicroscopeSession } from './microscope-session.ts';
import type { Bookmark } from './session-model.ts';

const TRAIL_LENGTH = 30;

/**
 * Where on the slide to go, the way back, and what follows once there. Everything a person points at is a place of
 * the slide, the same with every objective; only here it becomes a place of the stage, for the objective in place.
 */
export class Places {
  readonly #session: MicroscopeSession;
  #afterArrival: (() => void) | undefined;
  #afterProcedure: { readonly procedureId: string; readonly run: () => void } | undefined;

  constructor(session: MicroscopeSession) {
    this.#session = session;
  }

  /** Where the stage has to be to show that place of the slide in the middle now. */
  stageOf(slideUm: PointUm): PointUm {
    return placeOfStage(slideUm, this.#session.objective);
  }

  /** Brings a place of the stage to the middle of the screen. */
  aimAt(stageUm: Partial<PositionUm>): void {
    this.forgetWhatFollows();
    this.forgetEarlyEnd();
    if (this.#session.mayMove()) this.#session.steering.aim(stageUm);
  }

  /** Brings a place of the slide to the middle of the screen. */
  drawTo(slideUm: PointUm): void {
    this.aimAt(this.stageOf(slideUm));
  }

  /** As `drawTo`, remembering where the person came from. */
  jumpTo(slideUm: PointUm): void {
    this.#jumpTo(this.stageOf(slideUm));
  }

  back(): void {
    const { model } = this.#session;
    const { trail } = model.getState();
    const place = trail.at(-1);
    if (!place || !this.#session.mayMove()) return;
    model.setState({ trail: trail.slice(0, -1) });
    this.drawTo(place);
  }

  /** Centres a place of the slide and, once there, turns to the objective. */
  magnify(slideUm: PointUm, objectiveId: number | undefined): void {
    this.jumpTo(slideUm);
    if (objectiveId === undefined || objectiveId === this.#session.telemetry?.objectiveId) return;
    this.#afterArrival = () => void this.#session.changeObjective(objectiveId);
  }

  bookmark(): void {
    const { telemetry, model } = this.#session;
    const slideId = telemetry?.slide?.slideId;
    if (!telemetry || slideId === undefined) {
      this.#session.showRefusal('no-slide');
      return;
    }
    model.setState(({ bookmarks }) => ({
      bookmarks: [
        ...bookmarks,
        {
          bookmarkId: crypto.randomUUID(),
          number: (bookmarks.at(-1)?.number ?? 0) + 1,
          slideId,
          positionUm: telemetry.positionUm,
          objectiveId: telemetry.objectiveId,
        },
      ],
    }));
  }

  /** Where on the slide a bookmark lies. */
  ofBookmark({ positionUm, objectiveId }: Bookmark): PointUm {
    return placeOfSlide(positionUm, objectiveOf(this.#session.facts, objectiveId));
  }

  /** Place, objective and focus as they were; an objective this side may not use is left where it is. */
  goToBookmark(bookmark: Bookmark): void {
    const { positionUm, objectiveId } = bookmark;
    const { objective, facts, party } = this.#session;
    const wanted = objectiveOf(facts, objectiveId);
    if (!this.#session.mayMove()) return;
    if (!objective || !wanted || wanted.id === objective.id) {
      const { x, y, z } = positionUm;
      // Focus belongs to the objective it was found with.
      this.#jumpTo(wanted && wanted.id === objective?.id ? { x, y, z } : { x, y });
      return;
    }
    this.jumpTo(this.ofBookmark(bookmark));
    if (!isUsable(wanted, party)) return;
    this.#afterArrival = () => void this.#turnAndGo(wanted.id, positionUm);
  }

  /** A move ended before its place, by nobody's will: it is said until something else is meant or it has gone on. */
  endedEarly({ x, y }: Partial<PositionUm>): void {
    const { telemetry, objective, model } = this.#session;
    if (!telemetry) return;
    const stageUm = { x: x ?? telemetry.positionUm.x, y: y ?? telemetry.positionUm.y };
    this.forgetWhatFollows();
    model.setState({ endedEarlyUm: placeOfSlide(stageUm, objective) });
  }

  forgetEarlyEnd(): void {
    const { model } = this.#session;
    if (model.getState().endedEarlyUm) model.setState({ endedEarlyUm: null });
  }

  /** To where the move that ended early was going. */
  goOnEarlyEnd(): void {
    const { endedEarlyUm } = this.#session.model.getState();
    if (endedEarlyUm && this.#session.mayMove()) this.drawTo(endedEarlyUm);
  }

  forgetWhatFollows(): void {
    this.#afterArrival = undefined;
    this.#afterProcedure = undefined;
  }

  /** What was meant to follow an arrival or a procedure; a procedure that failed is followed by nothing. */
  goOn({ procedure, lastProcedure }: Telemetry): void {
    const { procedureId, run } = this.#afterProcedure ?? {};
    if (run && lastProcedure?.procedureId === procedureId && procedure === null) {
      this.#afterProcedure = undefined;
      if (lastProcedure?.outcome === 'done') run();
    }
    if (this.#afterArrival && !this.#session.steering.isAimed) {
      const arrived = this.#afterArrival;
      this.#afterArrival = undefined;
      arrived();
    }
  }

  #jumpTo(stageUm: Partial<PositionUm>): void {
    const { telemetry, objective, model } = this.#session;
    if (!telemetry || !this.#session.mayMove()) return;
    const from = placeOfSlide(telemetry.positionUm, objective);
    model.setState(({ trail }) => ({ trail: [...trail, from].slice(-TRAIL_LENGTH) }));
    this.aimAt(stageUm);
  }

  async #turnAndGo(objectiveId: number, positionUm: PositionUm): Promise<void> {
    const procedureId = await this.#session.changeObjective(objectiveId);
    if (procedureId === undefined) return;
    this.#afterProcedure = { procedureId, run: () => this.aimAt(positionUm) };
  }
}
