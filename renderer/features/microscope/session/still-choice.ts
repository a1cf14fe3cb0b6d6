import { UNPINNED_STILLS } from '#shared/contract/microscope.ts';
import type { Still } from '#shared/contract/microscope.ts';

export type StillQuality =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'lossy'; readonly qualityPercent: number | null }
  | { readonly kind: 'region'; readonly qualityPercent: number | null }
  /** Bytes as the sensor gave them, proven by their hash. */
  | { readonly kind: 'exact' }
  /** The hash differs: not to be looked at. */
  | { readonly kind: 'broken' };

type Form = Still['forms'][number];

/** The best form that is here and may be looked at. */
export function bestForm({ forms }: Pick<Still, 'forms'>): Form | undefined {
  const usable = forms.filter(({ isVerified }) => isVerified);
  return (['lossless', 'region', 'lossy'] as const)
    .map((wanted) => usable.find(({ form }) => form === wanted))
    .find((form) => form !== undefined);
}

export function qualityOf(still: Pick<Still, 'forms' | 'facts'>): StillQuality {
  if (still.forms.some(({ form, isVerified }) => form === 'lossless' && !isVerified))
    return { kind: 'broken' };
  const best = bestForm(still);
  if (!best) return { kind: 'waiting' };
  // The hash in the facts is what the bit-exact form was proven with.
  if (best.form === 'lossless') return still.facts.sha256 === null ? { kind: 'waiting' } : { kind: 'exact' };
  return { kind: best.form, qualityPercent: best.qualityPercent };
}

/** Only what is proven to be the sensor's own bytes may be cited or archived. */
export function isEvidence(still: Pick<Still, 'forms' | 'facts'>): boolean {
  return qualityOf(still).kind === 'exact';
}

/** Newest first, and of those nobody pinned only as many as the workstation keeps: the rest has no picture any more. */
export function withStill(
  stills: readonly Still[],
  added: Still,
  shownStillId: string | null,
): readonly Still[] {
  const { stillId } = added.facts;
  const all = [added, ...stills.filter(({ facts }) => facts.stillId !== stillId)].sort((one, other) =>
    other.facts.takenAtUtc.localeCompare(one.facts.takenAtUtc),
  );
  const unpinned = all.filter(({ facts }) => !facts.isKept);
  const forgotten = new Set(unpinned.slice(UNPINNED_STILLS));
  return all.filter((still) => !forgotten.has(still) || still.facts.stillId === shownStillId);
}

export function stillAddress(stillId: string, form: Form['form']): string {
  return `/microscope/stills/${stillId}/${form}`;
}
