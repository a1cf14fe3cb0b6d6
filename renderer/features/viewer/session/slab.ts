import { slabModes } from '#shared/domain/annotation.ts';
import type { Slab } from '#shared/domain/annotation.ts';

/** Nodules are searched for in 5 to 10 mm MIP, noise is averaged over 5 mm. */
export const DEFAULT_SLAB: Slab = { mode: 'mean', thicknessMm: 5 };
export const SLAB_MOST_MM = 50;

/** None, then each kind in turn. */
export function nextSlab(slab: Slab | null): Slab | null {
  if (!slab) return DEFAULT_SLAB;
  const next = slabModes[slabModes.indexOf(slab.mode) + 1];
  if (next === undefined) return null;
  return {
    mode: next,
    thicknessMm: slab.mode === 'mean' ? Math.max(slab.thicknessMm, 10) : slab.thicknessMm,
  };
}

export function thicker(slab: Slab | null, direction: 1 | -1): Slab {
  if (!slab) return DEFAULT_SLAB;
  const step = slab.thicknessMm > 20 || (slab.thicknessMm === 20 && direction === 1) ? 5 : 1;
  const thicknessMm = Math.min(SLAB_MOST_MM, Math.max(1, slab.thicknessMm + direction * step));
  return { ...slab, thicknessMm };
}
