import type { Party, RefusalReason } from './intent.ts';

/**
 * Which slide lies on the stage, as people have agreed. The remote steers only on a slide whose label both
 * have agreed to, and an id that was used once never comes back: no old map lies under a new slide.
 */
export interface SlideOnStage {
  readonly isChanging: boolean;
  readonly slide: {
    readonly slideId: string;
    readonly label: string;
    readonly agreedBy: readonly Party[];
  } | null;
  readonly usedIds: ReadonlySet<string>;
}

export const noSlide: SlideOnStage = { isChanging: false, slide: null, usedIds: new Set() };

export type SlideEvent =
  | { readonly kind: 'begin-change'; readonly by: Party }
  | {
      readonly kind: 'propose' | 'agree';
      readonly by: Party;
      readonly slideId: string;
      readonly label: string;
    }
  /** Somebody else may sit at the other end now. */
  | { readonly kind: 'remote-left' };

export function changeSlide(
  state: SlideOnStage,
  event: SlideEvent,
): { readonly state: SlideOnStage; readonly refused: RefusalReason | null } {
  switch (event.kind) {
    case 'begin-change':
      if (event.by !== 'bench') return { state, refused: 'not-permitted' };
      return { state: { ...state, isChanging: true, slide: null }, refused: null };
    case 'propose': {
      if (event.by !== 'bench' || state.usedIds.has(event.slideId))
        return { state, refused: 'not-permitted' };
      // What both have agreed to lies there until a change of slides begins.
      if (state.slide?.agreedBy.includes('remote')) return { state, refused: 'not-permitted' };
      const slide = { slideId: event.slideId, label: event.label, agreedBy: ['bench' as const] };
      const usedIds = new Set([...state.usedIds, event.slideId]);
      return { state: { isChanging: false, slide, usedIds }, refused: null };
    }
    case 'agree': {
      const { slide } = state;
      if (!slide) return { state, refused: 'no-slide' };
      if (slide.slideId !== event.slideId || slide.label !== event.label) {
        return { state, refused: 'not-permitted' };
      }
      const agreedBy = [...new Set([...slide.agreedBy, event.by])];
      return { state: { ...state, slide: { ...slide, agreedBy } }, refused: null };
    }
    default: {
      const { slide } = state;
      if (!slide) return { state, refused: null };
      const agreedBy = slide.agreedBy.filter((party) => party !== 'remote');
      return { state: { ...state, slide: { ...slide, agreedBy } }, refused: null };
    }
  }
}

/** While slides are changed a hand may be at the stage: nobody moves it. The bench needs nobody's consent else. */
export function slideRefusalTo(by: Party, state: SlideOnStage): RefusalReason | null {
  return by === 'remote' || state.isChanging ? slideRefusal(state) : null;
}

/** Why the remote may not move anything on what lies there now. */
export function slideRefusal({ isChanging, slide }: SlideOnStage): RefusalReason | null {
  if (isChanging) return 'slide-change';
  return slide?.agreedBy.includes('remote') && slide.agreedBy.includes('bench') ? null : 'no-slide';
}
