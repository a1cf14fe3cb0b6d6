import { namedUid } from '../named-uid.ts';

/** UIDs of one phantom examination: the same for the same seed and names. */
export type PhantomUids = (...names: readonly (string | number)[]) => string;

export function createPhantomUids(seed: number): PhantomUids {
  return (...names) => namedUid('enkaku phantom', seed, ...names);
}
