import type { Party } from '#shared/motion/intent.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import type { Controller } from '../drivers/controller.ts';
import type { Way } from '../engine.ts';

/** What a running procedure may do. */
export interface ProcedureContext {
  readonly controller: Controller;
  readonly configuration: MicroscopeConfiguration;
  readonly startedBy: Party;
  readonly signal: AbortSignal;
  /** Goes there while the procedure is held. @throws MotionEnded */
  readonly travel: (targetUm: Partial<PositionUm>, options?: Way) => Promise<void>;
  /** Resolves while it is held; waits otherwise. @throws MotionEnded */
  readonly untilHeld: () => Promise<void>;
  /** Of the first frame exposed from now on. @throws MotionEnded */
  readonly measureFocus: () => Promise<FocusMeasure>;
  /** Where a change of objectives began that has not come back to the slide yet. */
  readonly owedReturn: OwedReturn;
  /** 0 to 1. */
  readonly progress: (share: number) => void;
}

/** Outlives the procedure that owes it: asking for an objective again is the way back to the slide. */
export interface OwedReturn {
  from: { readonly positionUm: PositionUm; readonly objectiveId: number } | null;
}

export interface FocusMeasure {
  /** Where the focus was when the frame was exposed. */
  readonly focusUm: number;
  readonly score: number;
  readonly isBlank: boolean;
}
