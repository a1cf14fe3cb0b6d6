import type { Migration } from '../migrate.ts';

export const migration0004: Migration = {
  version: 4,
  purpose: 'tell archives apart, so that one does not overwrite the backup of another',
  up: `
    CREATE TABLE archive_identity (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      archive_id TEXT NOT NULL
    ) STRICT;
    INSERT INTO archive_identity VALUES (1, lower(hex(randomblob(16))));
  `,
};
