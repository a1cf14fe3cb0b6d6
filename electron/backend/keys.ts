import type { Database } from 'better-sqlite3';

/**
 * The one door to stored bytes and rows. Today both are stored as they are; encryption at rest
 * becomes another provider, and nothing else changes.
 */
export interface KeyProvider {
  /** Called once on every opened connection, before anything is read. */
  unlockDatabase(database: Database): void;
  /** Bytes as they go to disk. */
  seal(plain: Uint8Array): Uint8Array;
  /** Bytes as they were before `seal`. */
  open(stored: Uint8Array): Uint8Array;
}

export const plainKeyProvider: KeyProvider = {
  unlockDatabase: () => {},
  seal: (plain) => plain,
  open: (stored) => stored,
};
