import type { Migration } from '../migrate.ts';

export const migration0006: Migration = {
  version: 6,
  purpose: 'workstations this one has been paired with',
  up: `
    CREATE TABLE contacts (
      -- Thumbprint of the signing key.
      device_id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      signing_key TEXT NOT NULL,
      encryption_key TEXT NOT NULL,
      broker_url TEXT NOT NULL,
      added_at_ms INTEGER NOT NULL,
      added_by TEXT NOT NULL,
      -- Never forgotten, so that a revoked key is known when it comes back.
      revoked_at_ms INTEGER
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE link_values (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
