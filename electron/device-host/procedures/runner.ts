import type { Party, RefusalReason } from '#shared/motion/intent.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import { limitsWith } from '#shared/motion/soft-limits.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import type { ProcedureDesk, RunningProcedure, StartableRequest } from '../control-desk.ts';
import type { Controller } from '../drivers/controller.ts';
import { MotionEnded, pause } from '../engine.ts';
import type { Engine } from '../engine.ts';
import { autofocus } from './autofocus.ts';
import { changeObjective } from './change-objective.ts';
import type { FocusMeasure, OwedReturn, ProcedureContext } from './context.ts';
import { goToLoadPosition } from './slide-change.ts';

type Kind = NonNullable<Telemetry['procedure']>['kind'];

interface Running extends RunningProcedure {
  readonly kind: Kind;
  readonly abort: AbortController;
  progress: number;
  /** Of a procedure that the bench's page leads: when it last said anything. */
  ledAtMs: number;
}

export interface RunnerOptions {
  readonly engine: Engine;
  readonly controller: Controller;
  readonly configuration: () => MicroscopeConfiguration;
  readonly nowMs: () => number;
  readonly heldUntilMs: (by: Party) => number;
  /** Of the first frame exposed from now on. @throws when there is no camera */
  readonly measureFocus: () => Promise<FocusMeasure>;
}

/** Not held for so long, a procedure is over; until then it waits where it is. */
const ABANDONED_MS = 1000;
/** A page that leads a scan and says nothing for so long has gone. */
const LEADERLESS_MS = 15_000;
const WAIT_STEP_MS = 20;

/** Runs one procedure at a time: objective change, autofocus, slide change, and those the bench leads itself. */
export class ProcedureRunner implements ProcedureDesk {
  readonly #options: RunnerOptions;
  #running: Running | null = null;
  #last: Telemetry['lastProcedure'] = null;
  #focusScore: number | null = null;
  /** Focus on the slide before it was retracted. */
  #workingFocusUm: number | undefined;
  readonly #owedReturn: OwedReturn = { from: null };

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  current(): RunningProcedure | null {
    return this.#running;
  }

  report(): Pick<Telemetry, 'procedure' | 'lastProcedure' | 'focusScore' | 'isAwayFromSlide'> {
    const running = this.#running;
    return {
      procedure: running && {
        procedureId: running.procedureId,
        kind: running.kind,
        startedBy: running.startedBy,
        progress: running.progress,
      },
      lastProcedure: this.#last,
      focusScore: this.#focusScore,
      isAwayFromSlide: this.#owedReturn.from !== null,
    };
  }

  start(request: StartableRequest, by: Party): RefusalReason | null {
    const { procedureId, kind } = request;
    if (request.kind === 'autofocus' && request.atUm) {
      const { x, y } = this.#options.configuration().stageLimitsUm;
      const { atUm } = request;
      const isInside =
        atUm.x >= x.minimum && atUm.x <= x.maximum && atUm.y >= y.minimum && atUm.y <= y.maximum;
      if (!isInside) return 'outside-limits';
    }
    this.#run(procedureId, kind, by, (context) =>
      request.kind === 'autofocus'
        ? autofocus(context, request.atUm)
        : changeObjective(context, request.objectiveId),
    );
    return null;
  }

  beginSlideChange(): void {
    // Another slide: nothing goes back to where the one before was in focus.
    this.#owedReturn.from = null;
    this.#run(crypto.randomUUID(), 'slide-change', 'bench', goToLoadPosition);
  }

  cancel(outcome: 'cancelled' | 'stopped', reason: string): void {
    this.#running?.abort.abort(new MotionEnded(outcome, reason));
    // Nothing that comes later may belong to it, whatever its own code is waiting for.
    if (this.#running) this.#end(this.#running, { outcome, reason });
  }

  /** The bench's page leads: it says where to go, step by step. */
  beginLed(procedureId: string, kind: 'overview-scan' | 'calibration'): void {
    this.#running = this.#newRunning(procedureId, kind, 'bench');
  }

  /** @throws MotionEnded where it does not get there */
  async travelLed(procedureId: string, toUm: Partial<PositionUm>): Promise<void> {
    const running = this.#led(procedureId);
    running.ledAtMs = Infinity;
    try {
      await this.#contextOf(running).travel(toUm);
    } catch (error) {
      this.#fail(running, error);
      throw error;
    } finally {
      running.ledAtMs = this.#options.nowMs();
    }
  }

  endLed(procedureId: string, progress: number, isOver: boolean): void {
    const running = this.#led(procedureId);
    running.progress = progress;
    running.ledAtMs = this.#options.nowMs();
    if (isOver) this.#end(running, { outcome: 'done', reason: null });
  }

  /** Called every few milliseconds. */
  watch(): void {
    const running = this.#running;
    if (!running) return;
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#options.heldUntilMs(running.startedBy) > ABANDONED_MS) {
      this.cancel('cancelled', 'not-held');
    } else if (nowMs - running.ledAtMs > LEADERLESS_MS) this.cancel('cancelled', 'not-led');
  }

  #run(
    procedureId: string,
    kind: Kind,
    startedBy: Party,
    work: (context: ProcedureContext) => Promise<void>,
  ): void {
    const running = this.#newRunning(procedureId, kind, startedBy);
    running.ledAtMs = Infinity;
    this.#running = running;
    void work(this.#contextOf(running)).then(
      () => this.#end(running, { outcome: 'done', reason: null }),
      (error: unknown) => this.#fail(running, error),
    );
  }

  #newRunning(procedureId: string, kind: Kind, startedBy: Party): Running {
    const ledAtMs = this.#options.nowMs();
    return { procedureId, kind, startedBy, abort: new AbortController(), progress: 0, ledAtMs };
  }

  #contextOf(running: Running): ProcedureContext {
    const { engine, controller, configuration, heldUntilMs, measureFocus } = this.#options;
    const { signal } = running.abort;
    const held = () => heldUntilMs(running.startedBy);
    const untilHeld = async () => {
      while (held() <= this.#options.nowMs()) {
        signal.throwIfAborted();
        await pause(WAIT_STEP_MS);
      }
      signal.throwIfAborted();
    };
    return {
      controller,
      configuration: configuration(),
      startedBy: running.startedBy,
      signal,
      untilHeld,
      owedReturn: this.#owedReturn,
      travel: async (targetUm, way = {}) => {
        const target = way.isRetracting ? targetUm : this.#atWorkingFocus(targetUm);
        if (way.isRetracting) this.#rememberFocus();
        await engine.travel(target, { ...way, heldUntilMs: held, signal });
      },
      measureFocus: async () => {
        await untilHeld();
        const measure = await measureFocus().catch(() => {
          throw new MotionEnded('failed', 'no-camera');
        });
        signal.throwIfAborted();
        this.#focusScore = measure.score;
        return measure;
      },
      progress: (share) => {
        running.progress = share;
      },
    };
  }

  /** A focus within the objective's range is where work goes on after a retraction. */
  #rememberFocus(): void {
    const { positionUm, objectiveId } = this.#options.controller.state();
    const { z } = limitsWith(this.#options.configuration(), objectiveId);
    if (positionUm.z >= z.minimum && positionUm.z <= z.maximum) this.#workingFocusUm = positionUm.z;
  }

  /** Scan and autofocus on a new slide begin at the focus of the one before. */
  #atWorkingFocus(targetUm: Partial<PositionUm>): Partial<PositionUm> {
    const kind = this.#running?.kind;
    const isOnSlide = kind === 'overview-scan' || kind === 'calibration' || kind === 'autofocus';
    const { positionUm, objectiveId } = this.#options.controller.state();
    const { z } = limitsWith(this.#options.configuration(), objectiveId);
    if (!isOnSlide || targetUm.z !== undefined || positionUm.z >= z.minimum) return targetUm;
    return { ...targetUm, z: Math.min(z.maximum, Math.max(z.minimum, this.#workingFocusUm ?? z.minimum)) };
  }

  #led(procedureId: string): Running {
    const running = this.#running;
    const isLed = running?.kind === 'overview-scan' || running?.kind === 'calibration';
    if (!running || !isLed || running.procedureId !== procedureId) {
      throw new MotionEnded('cancelled', 'not-running');
    }
    return running;
  }

  #fail(running: Running, error: unknown): void {
    const ended = error instanceof MotionEnded ? error : new MotionEnded('failed', 'internal');
    this.#end(running, { outcome: ended.outcome, reason: ended.reason });
  }

  #end(
    running: Running,
    { outcome, reason }: Pick<NonNullable<Telemetry['lastProcedure']>, 'outcome' | 'reason'>,
  ) {
    if (this.#running !== running) return;
    this.#running = null;
    this.#last = { procedureId: running.procedureId, outcome, reason };
    if (outcome !== 'done') this.#options.engine.halt();
  }
}
