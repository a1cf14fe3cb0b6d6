import type { ImageDescription } from '../image-description.ts';

/** What sets a stack apart from its siblings; the words stand in the locale namespace `imaging`, `distinction.<code>`. */
export interface Distinction {
  readonly code: DistinctionCode;
  readonly value: string;
}

export type DistinctionCode =
  | 'clip'
  | 'matrix'
  | 'orientation'
  | 'image-type'
  | 'component'
  | 'kernel'
  | 'echo'
  | 'b-value'
  | 'energy-window'
  | 'time-slot'
  | 'time'
  | 'place'
  | 'direction'
  | 'acquisition'
  | 'contrast'
  | 'repetition'
  | 'inversion-time';

/** Traits without a word of their own still keep images apart. */
export type TraitCode = DistinctionCode | 'frame-of-reference' | 'spacing';

/** A group on its way: every property that it was split by so far. */
export interface PartialGroup {
  readonly traits: ReadonlyMap<TraitCode, string>;
  readonly images: readonly ImageDescription[];
}

export function splitBy(
  group: PartialGroup,
  code: TraitCode,
  traitOf: (image: ImageDescription) => string,
): PartialGroup[] {
  const parts = Map.groupBy(group.images, traitOf);
  return [...parts].map(([trait, images]) => ({ traits: new Map([...group.traits, [code, trait]]), images }));
}
