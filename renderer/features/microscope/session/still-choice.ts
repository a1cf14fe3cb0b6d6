import { UNPINNED_STILLS } from '#shared/contract/microscope.ts';
import type { Still } from '#shared/contract/microscope.ts';
import type { PartOfFrame, StillFacts } from '#shared/link/talk.ts';
import { fitScale } from '../view/stage-view.ts';
import type { Size } from '../view/stage-view.ts';
import type { MicroscopeModel } from './session-model.ts';

export type StillQuality =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'lossy'; readonly qualityPercent: number | null }
  /** The sensor's own pixels, proven, but only what the window showed. */
  | { readonly kind: 'region' }
  /** Bytes as the sensor gave them, proven by their hash. */
  | { readonly kind: 'exact' }
  /** The hash differs: not to be looked at. */
  | { readonly kind: 'broken' };

/** What the window shows, and of which the form has to hold all. */
export type Visible = PartOfFrame | null;

type Form = Still['forms'][number];

/**
 * The best form that is here and may be looked at.
 * @param visible leaves out a region that does not reach as far as the window does; without it any region counts
 */
export function bestForm(
  { facts, forms }: Pick<Still, 'facts' | 'forms'>,
  visible?: Visible,
): Form | undefined {
  const isShowable = ({ form, isVerified }: Form) =>
    isVerified && (form !== 'region' || visible === undefined || holds(facts, visible));
  const usable = forms.filter(isShowable);
  return (['lossless', 'region', 'lossy'] as const)
    .map((wanted) => usable.find(({ form }) => form === wanted))
    .find((form) => form !== undefined);
}

/** What the best of the still is that has come. */
export function qualityOf(still: Pick<Still, 'forms' | 'facts'>): StillQuality {
  return qualityOfForm(still, bestForm(still)?.form);
}

/** What is on the screen while this form is painted. */
export function qualityOfForm(
  { facts, forms }: Pick<Still, 'forms' | 'facts'>,
  painted: Form['form'] | undefined,
): StillQuality {
  if (forms.some(({ form, isVerified }) => form === 'lossless' && !isVerified)) return { kind: 'broken' };
  const found = forms.find(({ form }) => form === painted);
  if (!found) return { kind: 'waiting' };
  // The hash in the facts is what the bit-exact form was proven with.
  if (found.form === 'lossless') return facts.sha256 === null ? { kind: 'waiting' } : { kind: 'exact' };
  if (found.form === 'region') return { kind: 'region' };
  return { kind: 'lossy', qualityPercent: found.qualityPercent };
}

/** The still that is seen, and the form it is seen in; undefined while it is the video, or still is. */
export function stillOnScreen({
  shownStillId,
  paintedStill,
  stills,
}: Pick<MicroscopeModel, 'shownStillId' | 'paintedStill' | 'stills'>):
  | { readonly still: Still; readonly form: Form['form'] }
  | undefined {
  if (!paintedStill || paintedStill.stillId !== shownStillId) return undefined;
  const still = stills.find(({ facts }) => facts.stillId === shownStillId);
  return still && { still, form: paintedStill.form };
}

/** What a window shows of a frame in its middle, enlarged by `zoom` beyond what fits; null: all of it. */
export function visiblePart(frame: Size, screen: Size, zoom: number): Visible {
  const scale = fitScale(frame, screen) * zoom;
  if (scale <= 0) return null;
  const width = Math.min(1, screen.width / (frame.width * scale));
  const height = Math.min(1, screen.height / (frame.height * scale));
  return width === 1 && height === 1 ? null : { left: (1 - width) / 2, top: (1 - height) / 2, width, height };
}

function holds({ region, widthPixels, heightPixels }: StillFacts, visible: Visible): boolean {
  if (!region || !visible) return false;
  // A pixel of rounding is no gap anybody sees.
  return (
    region.left <= visible.left * widthPixels + 1 &&
    region.top <= visible.top * heightPixels + 1 &&
    region.left + region.width >= (visible.left + visible.width) * widthPixels - 1 &&
    region.top + region.height >= (visible.top + visible.height) * heightPixels - 1
  );
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
