import type { Migration } from '../migrate.ts';

export const migration0005: Migration = {
  version: 5,
  purpose: 'the microscope: its configuration, calibration, daily checks and stills',
  up: `
    CREATE TABLE microscope_configuration (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      -- JSON, as in shared/motion/microscope-configuration.ts.
      value TEXT NOT NULL,
      changed_at_ms INTEGER NOT NULL,
      changed_by TEXT NOT NULL
    ) STRICT;

    CREATE TABLE microscope_calibrations (
      objective_id INTEGER NOT NULL,
      measured_at_ms INTEGER NOT NULL,
      measured_by TEXT NOT NULL,
      -- JSON, as in shared/contract/microscope.ts. Older ones stay on record.
      value TEXT NOT NULL,
      PRIMARY KEY (objective_id, measured_at_ms)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE microscope_checks (
      check_id TEXT PRIMARY KEY,
      done_at_ms INTEGER NOT NULL,
      done_by TEXT NOT NULL,
      -- JSON: steps with their outcomes.
      steps TEXT NOT NULL
    ) STRICT;
    CREATE INDEX microscope_checks_by_time ON microscope_checks (done_at_ms);

    CREATE TABLE microscope_stills (
      still_id TEXT PRIMARY KEY,
      taken_at_ms INTEGER NOT NULL,
      is_kept INTEGER NOT NULL,
      -- JSON, as in shared/contract/microscope.ts.
      still TEXT NOT NULL
    ) STRICT;
    CREATE INDEX microscope_stills_by_time ON microscope_stills (taken_at_ms);
  `,
};
