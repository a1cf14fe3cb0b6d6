import type { Migration } from '../migrate.ts';
import { migration0001 } from './0001-archive.ts';

/** In order; a merged one is never edited (a test compares their hashes). */
export const migrations: readonly Migration[] = [migration0001];
