import type { Migration } from '../migrate.ts';

export const migration0007: Migration = {
  version: 7,
  purpose: 'what the start-of-day check measures: white balances and focus limits',
  up: `
    CREATE TABLE microscope_white_balances (
      -- As the system calls the camera.
      camera_name TEXT NOT NULL,
      measured_at_ms INTEGER NOT NULL,
      measured_by TEXT NOT NULL,
      -- JSON, as in shared/domain/white-balance.ts. Older ones stay on record.
      value TEXT NOT NULL,
      PRIMARY KEY (camera_name, measured_at_ms)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE microscope_focus_limits (
      objective_id INTEGER NOT NULL,
      measured_at_ms INTEGER NOT NULL,
      measured_by TEXT NOT NULL,
      -- JSON, as in shared/contract/microscope.ts. Older ones stay on record.
      value TEXT NOT NULL,
      PRIMARY KEY (objective_id, measured_at_ms)
    ) STRICT, WITHOUT ROWID;
  `,
};
