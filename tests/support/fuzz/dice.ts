import { createRandom } from '#backend/processes/phantom/random.ts';

/** Choices that come out the same for the same seed. */
export interface Dice {
  below(limit: number): number;
  pick<Choice>(choices: readonly Choice[]): Choice;
  /** One of the given numbers, or close to one, or anything. */
  extreme(numbers: readonly number[]): number;
  bytes(length: number): Buffer;
}

export function createDice(seed: number): Dice {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random.next() * limit);
  const pick = <Choice>(choices: readonly Choice[]): Choice => {
    if (choices.length === 0) throw new Error('nothing to choose from');
    return choices[below(choices.length)] as Choice;
  };
  return {
    below,
    pick,
    extreme: (numbers) => {
      const kind = below(4);
      if (kind === 0) return Math.floor(random.next() * 2 ** 32);
      return (pick(numbers) + (kind === 1 ? below(5) - 2 : 0)) >>> 0;
    },
    bytes: (length) => Buffer.from(Uint8Array.from({ length }, () => below(256))),
  };
}
