import { createHash } from 'node:crypto';

/** UIDs of one phantom examination: the same for the same seed and names, PS3.5 section B.2. */
export type PhantomUids = (...names: readonly (string | number)[]) => string;

export function createPhantomUids(seed: number): PhantomUids {
  return (...names) => {
    const hash = createHash('sha256')
      .update(['enkaku phantom', seed, ...names].join('\n'))
      .digest();
    // A UUID of version 8, which leaves its bits to the application.
    hash.writeUInt8(((hash[6] ?? 0) & 0x0f) | 0x80, 6);
    hash.writeUInt8(((hash[8] ?? 0) & 0x3f) | 0x80, 8);
    return `2.25.${BigInt(`0x${hash.toString('hex', 0, 16)}`)}`;
  };
}
