import type { FaultCode } from '#shared/motion/faults.ts';
import type { PlannedMove } from '#shared/motion/plan-move.ts';
import type { Axis, DeviceState, PositionUm } from '#shared/motion/position.ts';

/** A move that ends by itself: no controller is ever told to run until it is told to stop. */
export interface FiniteMove {
  /** Axes that are absent come to rest. */
  readonly axes: PlannedMove;
  /** At most `INTENT_LIFETIME_MS`. */
  readonly durationMs: number;
  /** When the intent behind it was accepted, monotonic clock. */
  readonly acceptedAtMs: number;
}

export interface ControllerState {
  readonly isConnected: boolean;
  readonly fault: FaultCode | null;
  /** As the controller says, read again after every move. */
  readonly positionUm: PositionUm;
  /** Silence is `unknown`. */
  readonly axes: Readonly<Record<Axis, DeviceState>>;
  /** Null while the turret turns or where its place is unknown. */
  readonly objectiveId: number | null;
  readonly turret: DeviceState;
  readonly lampPercent: number | null;
}

export interface Turret {
  /** Without a motor a person turns it and says so: nothing returns to the slide by itself then. */
  readonly isByHand: boolean;
  /** Resolves when it stands at the station. @throws Error whose message is a fault code */
  turnTo(station: number): Promise<void>;
}

export interface Lamp {
  setPercent(percent: number): void;
}

export interface OpticsSample {
  readonly atMs: number;
  readonly positionUm: PositionUm;
  readonly objectiveId: number | null;
  readonly lampPercent: number;
}

/** XY stage and focus of one controller, with turret and lamp where it has them. Opening it moves nothing. */
export interface Controller {
  state(): ControllerState;
  /** Takes the place of whatever was moving. */
  move(move: FiniteMove): void;
  /** Ahead of everything that waits. Ramps down at once. */
  stop(): void;
  readonly turret: Turret;
  readonly lamp: Lamp | null;
  /** Within this of its target an axis has arrived. */
  readonly toleranceUm: { readonly stage: number; readonly focus: number };
  /** What it brakes with; no speed is allowed that takes longer than `MAXIMUM_RAMP_DOWN_MS` to end. */
  readonly brakingUmPerS2: { readonly stage: number; readonly focus: number };
  /** For tests and reports; null for hardware. */
  simulation(): { readonly pid: number; readonly positionLogPath: string } | null;
  onOptics(listener: (sample: OpticsSample) => void): void;
  /** Stops and lets go. */
  close(): void;
}
