import { axes } from '#shared/motion/position.ts';
import type { Axis, PositionUm } from '#shared/motion/position.ts';
import type { PositionLog } from './position-log.ts';
import { StageAxis } from './stage-axis.ts';
import type { AxisMechanics } from './stage-axis.ts';
import type { StageCommand, StageReport, StageStanding } from './stage-messages.ts';

const stageMechanics: AxisMechanics = {
  accelerationUmPerS2: 300_000,
  maximumSpeedUmPerS: 15_000,
  backlashUm: 1,
  minimumUm: -40_000,
  maximumUm: 40_000,
};
const focusMechanics: AxisMechanics = {
  accelerationUmPerS2: 40_000,
  maximumSpeedUmPerS: 2000,
  backlashUm: 0.8,
  minimumUm: -5000,
  maximumUm: 2000,
};
const atStart: StageStanding = { positionUm: { x: 0, y: 0, z: -40 }, station: 1, lampPercent: 60 };
const TURN_MS = 600;
/** After a longer sleep than this the clock goes on from now: a machine that slept did not move. */
const LONGEST_CATCH_UP_MS = 2000;

/**
 * Stage, focus, turret and lamp of the simulator. Time passes in steps of a millisecond of the monotonic
 * clock, caught up when the process was not given the processor: a move ends when it has to even then.
 */
export class SimulatedStage {
  readonly #log: PositionLog;
  readonly #axes: Readonly<Record<Axis, StageAxis>>;
  #atMs: number;
  #moveEndsAtMs = -Infinity;
  #acceptedAtMs = Number.NaN;
  #station: number;
  #turnEndsAtMs = -Infinity;
  #lampPercent: number;

  constructor(log: PositionLog, atMs: number, { positionUm, station, lampPercent } = atStart) {
    this.#log = log;
    this.#atMs = atMs;
    this.#axes = {
      x: new StageAxis(stageMechanics, positionUm.x),
      y: new StageAxis(stageMechanics, positionUm.y),
      z: new StageAxis(focusMechanics, positionUm.z),
    };
    this.#station = station;
    this.#lampPercent = lampPercent;
  }

  get isMoving(): boolean {
    return axes.some((axis) => this.#axes[axis].isMoving);
  }

  obey(command: StageCommand, nowMs: number): void {
    this.advance(nowMs);
    switch (command.command) {
      case 'move':
        this.#moveEndsAtMs = nowMs + command.durationMs;
        this.#acceptedAtMs = command.acceptedAtMs;
        for (const axis of axes) {
          const move = command.axes[axis];
          if (move && move.speedUmPerS > 0) this.#axes[axis].drive(move.towardUm, move.speedUmPerS);
          else this.#axes[axis].release();
        }
        break;
      case 'halt':
        this.release();
        break;
      case 'turret':
        this.#station = command.station;
        this.#turnEndsAtMs = nowMs + TURN_MS;
        break;
      case 'lamp':
        this.#lampPercent = command.percent;
        break;
    }
  }

  release(): void {
    for (const axis of axes) this.#axes[axis].release();
  }

  advance(nowMs: number): void {
    if (nowMs - this.#atMs > LONGEST_CATCH_UP_MS) this.#atMs = nowMs - LONGEST_CATCH_UP_MS;
    while (this.#atMs + 1 <= nowMs) {
      this.#atMs += 1;
      if (this.#atMs >= this.#moveEndsAtMs) this.release();
      for (const axis of axes) this.#axes[axis].step();
      const { x, y, z } = this.#opticsUm();
      this.#log.add({ atMs: this.#atMs, x, y, z, acceptedAtMs: this.#acceptedAtMs }, this.isMoving);
    }
  }

  standing(): StageStanding {
    const { x, y, z } = this.#axes;
    return {
      positionUm: { x: x.encoderUm, y: y.encoderUm, z: z.encoderUm },
      station: this.#station,
      lampPercent: this.#lampPercent,
    };
  }

  report(): Omit<StageReport, 'pid' | 'logPath'> {
    const { x, y, z } = this.#axes;
    return {
      atMs: this.#atMs,
      encoderUm: { x: x.encoderUm, y: y.encoderUm, z: z.encoderUm },
      opticsUm: this.#opticsUm(),
      moving: { x: x.isMoving, y: y.isMoving, z: z.isMoving },
      objectiveId: this.#atMs >= this.#turnEndsAtMs ? this.#station : null,
      lampPercent: this.#lampPercent,
    };
  }

  #opticsUm(): PositionUm {
    const { x, y, z } = this.#axes;
    return { x: x.opticsUm, y: y.opticsUm, z: z.opticsUm };
  }
}
