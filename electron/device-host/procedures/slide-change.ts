import type { ProcedureContext } from './context.ts';

/** Objective away from the slide first, then to where a hand can reach it. */
export async function goToLoadPosition({ configuration, travel, progress }: ProcedureContext): Promise<void> {
  const { retractedFocusUm, loadPositionUm } = configuration;
  await travel({ z: retractedFocusUm }, { isRetracting: true });
  progress(0.5);
  await travel({ x: loadPositionUm.x, y: loadPositionUm.y });
}
