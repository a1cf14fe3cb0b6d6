import type { FaultCode } from '#shared/motion/faults.ts';
import { axes } from '#shared/motion/position.ts';
import type { DeviceState, PositionUm } from '#shared/motion/position.ts';
import { monotonicMs } from '../monotonic.ts';
import type { Controller, ControllerState, FiniteMove, Lamp, Turret } from './controller.ts';

/** What a controller says is wrong, by its plain code. */
export class ControllerFault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, detail: string = code) {
    super(detail);
    this.name = 'ControllerFault';
    this.code = code;
  }
}

export interface Step {
  readonly deltaUm: PositionUm;
  readonly speedUmPerS: PositionUm;
}

/**
 * A controller that knows relative moves and ends each by itself. One file per kind of controller has to
 * say these; every method may throw a ControllerFault.
 */
export interface SteppedPort {
  /** Reaches the controller and sets it up. Moves nothing, and never looks for end switches. */
  open(): Promise<void>;
  /** Resolves when the step has ended. */
  step(step: Step): Promise<void>;
  read(): Promise<{ readonly positionUm: PositionUm; readonly isMoving: boolean }>;
  /** Ahead of everything that waits for an answer. Must not wait itself. */
  stopNow(): void;
  setLamp?(percent: number): Promise<void>;
  /** Whether an end switch is pressed now; asked only after a step that fell short. */
  isAtEndSwitch?(): Promise<boolean>;
  close(): void;
  readonly toleranceUm: { readonly stage: number; readonly focus: number };
  readonly brakingUmPerS2: { readonly stage: number; readonly focus: number };
}

const REST_POLL_MS = 100;
const REOPEN_MS = 500;
/** After these nobody knows where it is; the others are answers of a controller that is well. */
const isLost: ReadonlySet<FaultCode> = new Set([
  'controller-not-found',
  'port-busy',
  'port-not-permitted',
  'controller-silent',
  'controller-gone',
  'controller-garbled',
]);

interface Wanted {
  readonly move: FiniteMove;
  readonly untilMs: number;
}

/**
 * Drives a stepping controller by steps as long as the move they belong to is meant, at most one under way:
 * nothing ever queues in the controller, and what is under way when everything here dies ends by itself.
 */
export function createSteppedController(port: SteppedPort): Controller {
  let isClosed = false;
  let isOpen = false;
  let isStepping = false;
  let fault: FaultCode | null = null;
  let wanted: Wanted | undefined;
  let positionUm: PositionUm = { x: 0, y: 0, z: 0 };
  let isMoving: boolean | undefined;
  let lampPercent: number | null = null;
  let wantedLamp: number | undefined;
  let wake = () => {};
  const turret = createHandTurret();

  const failed = (error: unknown) => {
    fault = error instanceof ControllerFault ? error.code : 'controller-garbled';
    wanted = undefined;
    if (!isLost.has(fault)) return;
    isMoving = undefined;
    if (isOpen) port.close();
    isOpen = false;
  };
  const turn = async () => {
    if (!isOpen) {
      await port.open();
      isOpen = true;
      fault = null;
    }
    if (wantedLamp !== undefined && port.setLamp) {
      const percent = wantedLamp;
      wantedLamp = undefined;
      await port.setLamp(percent);
      lampPercent = percent;
    }
    const before = positionUm;
    const step = wanted && nextStep(wanted, positionUm, monotonicMs(), port.toleranceUm);
    if (step) {
      isStepping = true;
      try {
        await port.step(step);
      } finally {
        isStepping = false;
      }
    } else wanted = undefined;
    // Read again after every move: what was asked for is not where it is.
    ({ positionUm, isMoving } = await port.read());
    if (!step) return;
    const isAtEnd = hasFallenShort(step, before, positionUm) && (await port.isAtEndSwitch?.()) === true;
    fault = isAtEnd ? 'limit-switch' : null;
    if (isAtEnd) wanted = undefined;
  };
  const live = async () => {
    for (;;) {
      if (isClosed) break;
      await turn().catch(failed);
      if (!isClosed && (!isOpen || !wanted)) await resting(isOpen ? REST_POLL_MS : REOPEN_MS);
    }
    port.close();
  };
  const resting = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        if (!isOpen) return;
        clearTimeout(timer);
        resolve();
      };
    });
  void live();

  return {
    state: () => {
      const axis: DeviceState =
        !isOpen || isMoving === undefined ? 'unknown' : isMoving || isStepping ? 'moving' : 'idle';
      return stateOf(axis, { isOpen, fault, positionUm, objectiveId: turret.station(), lampPercent });
    },
    move: (move) => {
      // What was meant while nobody answered is not done later.
      if (!isOpen) return;
      wanted = { move, untilMs: monotonicMs() + move.durationMs };
      wake();
    },
    stop: () => {
      const wasDriving = wanted !== undefined || isStepping || isMoving === true;
      wanted = undefined;
      if (isOpen && wasDriving) port.stopNow();
    },
    turret,
    lamp: port.setLamp ? lampOf((percent) => ((wantedLamp = percent), wake())) : null,
    toleranceUm: port.toleranceUm,
    brakingUmPerS2: port.brakingUmPerS2,
    simulation: () => null,
    onOptics: () => {},
    close: () => {
      isClosed = true;
      wanted = undefined;
      if (isOpen) port.stopNow();
      wake();
    },
  };
}

function hasFallenShort({ deltaUm }: Step, from: PositionUm, to: PositionUm): boolean {
  return axes.some((axis) => Math.abs(to[axis] - from[axis] - deltaUm[axis]) > Math.abs(deltaUm[axis]) / 2);
}

function stateOf(
  axis: DeviceState,
  {
    isOpen,
    ...rest
  }: Omit<ControllerState, 'isConnected' | 'axes' | 'turret'> & { readonly isOpen: boolean },
): ControllerState {
  return {
    isConnected: isOpen && axis !== 'unknown',
    axes: { x: axis, y: axis, z: axis },
    turret: rest.objectiveId === null ? 'unknown' : 'idle',
    ...rest,
  };
}

function lampOf(setPercent: (percent: number) => void): Lamp {
  return { setPercent };
}

/** A turret without a motor: a person turns it and says which objective is in place. */
function createHandTurret(): Turret & { readonly station: () => number | null } {
  let station: number | null = null;
  return {
    isByHand: true,
    turnTo: (chosen) => {
      station = chosen;
      return Promise.resolve();
    },
    station: () => station,
  };
}

/** What is left of a move, as far as the time goes it is still meant for. Undefined when it has arrived or ended. */
function nextStep(
  { move, untilMs }: Wanted,
  from: PositionUm,
  nowMs: number,
  toleranceUm: SteppedPort['toleranceUm'],
): Step | undefined {
  const leftS = (untilMs - nowMs) / 1000;
  if (leftS <= 0) return undefined;
  const deltaUm = { x: 0, y: 0, z: 0 };
  const speedUmPerS = { x: 0, y: 0, z: 0 };
  for (const axis of axes) {
    const wanted = move.axes[axis];
    if (!wanted) continue;
    const distance = wanted.towardUm - from[axis];
    const tolerance = axis === 'z' ? toleranceUm.focus : toleranceUm.stage;
    if (Math.abs(distance) <= tolerance) continue;
    deltaUm[axis] = Math.sign(distance) * Math.min(Math.abs(distance), wanted.speedUmPerS * leftS);
    speedUmPerS[axis] = wanted.speedUmPerS;
  }
  const isNothing = axes.every(
    (axis) => Math.abs(deltaUm[axis]) < (axis === 'z' ? toleranceUm.focus : toleranceUm.stage) / 2,
  );
  return isNothing ? undefined : { deltaUm, speedUmPerS };
}
