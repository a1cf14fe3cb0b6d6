import type { Database } from 'better-sqlite3';

/**
 * The one door to stored bytes and rows. Today both are stored as they are; encryption at rest
 * becomes another provider, and nothing else changes.
 */
export interface KeyProvider {
  /** Called once on every opened connection, before anything is read. */
  unlockDatabase(database: Database): void;
  /** Bytes that a sealed block has more than a plain one: nonce and authentication tag. */
  readonly overheadBytes: number;
  /** One block of an object as it goes to disk. `index` counts blocks from 0, so that none can be swapped. */
  seal(plain: Uint8Array, index: number): Uint8Array;
  /** The block as it was before `seal`. @throws if it was changed */
  open(sealed: Uint8Array, index: number): Uint8Array;
}

/** Objects are sealed in blocks of so many plain bytes, so that a frame is read without the rest of its file. */
export const SEALED_BLOCK_BYTES = 64 * 1024;

/** Helper processes use it too; a provider with a secret would reach them with each request. */
export const plainKeyProvider: KeyProvider = {
  unlockDatabase: () => {},
  overheadBytes: 0,
  seal: (plain) => plain,
  open: (sealed) => sealed,
};
