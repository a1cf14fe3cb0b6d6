import { createHash } from 'node:crypto';

/** The UID of something that has a name: the same for the same names, PS3.5 section B.2. */
export function namedUid(...names: readonly (string | number)[]): string {
  const hash = createHash('sha256').update(names.join('\n')).digest();
  // A UUID of version 8, which leaves its bits to the application.
  hash.writeUInt8(((hash[6] ?? 0) & 0x0f) | 0x80, 6);
  hash.writeUInt8(((hash[8] ?? 0) & 0x3f) | 0x80, 8);
  return `2.25.${BigInt(`0x${hash.toString('hex', 0, 16)}`)}`;
}
