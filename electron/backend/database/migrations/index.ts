import type { Migration } from '../migrate.ts';
import { migration0001 } from './0001-archive.ts';
import { migration0002 } from './0002-viewing.ts';
import { migration0003 } from './0003-care.ts';
import { migration0004 } from './0004-archive-identity.ts';
import { migration0005 } from './0005-microscope.ts';
import { migration0006 } from './0006-link.ts';
import { migration0007 } from './0007-start-of-day.ts';

/** In order; a merged one is never edited (a test compares their hashes). */
export const migrations: readonly Migration[] = [
  migration0001,
  migration0002,
  migration0003,
  migration0004,
  migration0005,
  migration0006,
  migration0007,
];
