import type { Party } from '#shared/motion/intent.ts';
import type { MicroscopeConfiguration } from '#shared/motion/microscope-configuration.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import type { Controller } from '../drivers/controller.ts';

/** What a running procedure may do. */
export interface ProcedureContext {
  readonly controller: Controller;
  readonly configuration: MicroscopeConfiguration;
  readonly startedBy: Party;
  readonly signal: AbortSignal;
  /** Goes there while the procedure is held. @throws MotionEnded */
  readonly travel: (
    targetUm: Partial<PositionUm>,
    options?: { readonly isRetracting?: boolean },
  ) => Promise<void>;
  /** Resolves while it is held; waits otherwise. @throws MotionEnded */
  readonly untilHeld: () => Promise<void>;
  /** Of the first frame exposed from now on. @throws MotionEnded */
  readonly measureFocus: () => Promise<FocusMeasure>;
  /** 0 to 1. */
  readonly progress: (share: number) => void;
}

export interface FocusMeasure {
  readonly score: number;
  readonly isBlank: boolean;
}
