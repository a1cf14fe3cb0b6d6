import type { Migration } from '../migrate.ts';

export const migration0003: Migration = {
  version: 3,
  purpose:
    'read state, bin, conflicts with their headers, same-patient decisions, copies elsewhere, settings',
  up: `
    CREATE TABLE patients_new (
      patient_key INTEGER PRIMARY KEY,
      issuer TEXT NOT NULL,
      patient_id TEXT NOT NULL,
      -- Empty where there is an id. Patients without one never merge: here stands what tells them apart.
      identity_without_id TEXT NOT NULL,
      name_alphabetic TEXT NOT NULL,
      name_ideographic TEXT NOT NULL,
      name_phonetic TEXT NOT NULL,
      birth_date TEXT NOT NULL,
      sex TEXT NOT NULL,
      UNIQUE (issuer, patient_id, identity_without_id)
    ) STRICT;
    INSERT INTO patients_new
      SELECT patient_key, issuer, patient_id, iif(patient_id = '', 'patient ' || patient_key, ''),
        name_alphabetic, name_ideographic, name_phonetic, birth_date, sex FROM patients;
    DROP TABLE patients;
    ALTER TABLE patients_new RENAME TO patients;
    CREATE INDEX patients_by_id ON patients (patient_id);
    CREATE INDEX patients_by_birth_date ON patients (birth_date, sex);

    -- What files under the same issuer and id said instead of what stands in patients.
    CREATE TABLE other_demographics (
      patient_key INTEGER NOT NULL REFERENCES patients ON DELETE CASCADE,
      name_alphabetic TEXT NOT NULL,
      name_ideographic TEXT NOT NULL,
      name_phonetic TEXT NOT NULL,
      birth_date TEXT NOT NULL,
      sex TEXT NOT NULL,
      seen_at_ms INTEGER NOT NULL,
      PRIMARY KEY (patient_key, name_alphabetic, name_ideographic, name_phonetic, birth_date, sex)
    ) STRICT, WITHOUT ROWID;

    -- Who said that two records are (not) one person; for each pair the last word counts.
    CREATE TABLE same_patient_decisions (
      decision_key INTEGER PRIMARY KEY,
      smaller_patient_key INTEGER NOT NULL REFERENCES patients ON DELETE CASCADE,
      larger_patient_key INTEGER NOT NULL REFERENCES patients ON DELETE CASCADE,
      is_same INTEGER NOT NULL,
      person TEXT NOT NULL,
      role TEXT NOT NULL,
      device TEXT NOT NULL,
      factor TEXT NOT NULL,
      decided_at_ms INTEGER NOT NULL,
      CHECK (smaller_patient_key < larger_patient_key)
    ) STRICT;
    CREATE INDEX same_patient_by_smaller ON same_patient_decisions (smaller_patient_key, larger_patient_key);
    CREATE INDEX same_patient_by_larger ON same_patient_decisions (larger_patient_key);

    -- Everything from here to bin_entries is derived from rows below or set by a person.
    ALTER TABLE studies ADD COLUMN body_parts TEXT NOT NULL DEFAULT '';
    ALTER TABLE studies ADD COLUMN representative_key INTEGER;
    ALTER TABLE studies ADD COLUMN conflict_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE studies ADD COLUMN evicted_count INTEGER NOT NULL DEFAULT 0;
    -- Instances that are known to exist in at least one other place.
    ALTER TABLE studies ADD COLUMN copied_count INTEGER NOT NULL DEFAULT 0;
    -- 0 if never.
    ALTER TABLE studies ADD COLUMN opened_at_ms INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE studies ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE studies ADD COLUMN is_in_bin INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX studies_by_accession_number ON studies (accession_number);
    ALTER TABLE series ADD COLUMN frame_count INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE series ADD COLUMN representative_key INTEGER;

    CREATE TABLE bin_entries (
      study_key INTEGER PRIMARY KEY REFERENCES studies ON DELETE CASCADE,
      reason TEXT NOT NULL,
      person TEXT NOT NULL,
      role TEXT NOT NULL,
      device TEXT NOT NULL,
      factor TEXT NOT NULL,
      deleted_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX bin_entries_by_time ON bin_entries (deleted_at_ms);

    -- Written in the transaction that removes the last row naming an object, emptied after the file is gone.
    CREATE TABLE objects_to_remove (file_sha256 TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

    CREATE TABLE conflicts_new (
      conflict_key INTEGER PRIMARY KEY,
      study_key INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
      series_uid TEXT NOT NULL,
      sop_uid TEXT NOT NULL,
      transfer_syntax_uid TEXT NOT NULL,
      file_sha256 TEXT NOT NULL,
      data_set_sha256 TEXT NOT NULL,
      byte_length INTEGER NOT NULL,
      data_set_offset INTEGER NOT NULL,
      received_at_ms INTEGER NOT NULL,
      -- As in instances; empty for those kept before headers were.
      metadata BLOB NOT NULL,
      UNIQUE (sop_uid, data_set_sha256)
    ) STRICT;
    INSERT INTO conflicts_new
      SELECT min(conflict_key), study_key, series_uid, conflicts.sop_uid, transfer_syntax_uid, conflicts.file_sha256,
        conflicts.data_set_sha256, conflicts.byte_length, 0, conflicts.received_at_ms, x''
      FROM conflicts JOIN instances USING (sop_uid) JOIN series USING (series_key)
      GROUP BY conflicts.sop_uid, conflicts.data_set_sha256;
    DROP TABLE conflicts;
    ALTER TABLE conflicts_new RENAME TO conflicts;
    CREATE INDEX conflicts_by_study ON conflicts (study_key);
    CREATE INDEX conflicts_by_file ON conflicts (file_sha256);

    CREATE INDEX instances_by_file ON instances (file_sha256);

    DROP INDEX instances_by_series;
    CREATE INDEX instances_by_series ON instances (series_key, instance_number, number_of_frames);

    -- Where bytes of ours were written and read back correctly.
    CREATE TABLE places (
      place_key INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      confirmed_at_ms INTEGER NOT NULL,
      UNIQUE (kind, name)
    ) STRICT;
    CREATE TABLE instance_copies (
      instance_key INTEGER NOT NULL REFERENCES instances ON DELETE CASCADE,
      place_key INTEGER NOT NULL REFERENCES places,
      PRIMARY KEY (instance_key, place_key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX instance_copies_by_place ON instance_copies (place_key);
    CREATE TABLE evicted_instances (
      instance_key INTEGER PRIMARY KEY REFERENCES instances ON DELETE CASCADE,
      evicted_at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE verify_runs (
      ended_at_ms INTEGER PRIMARY KEY,
      problem_count INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      -- JSON.
      value TEXT NOT NULL,
      changed_by TEXT NOT NULL,
      changed_at_ms INTEGER NOT NULL
    ) STRICT;

    UPDATE series SET
      frame_count = (SELECT coalesce(sum(number_of_frames), 0) FROM instances i WHERE i.series_key = series.series_key),
      representative_key = (SELECT instance_key FROM instances i
        WHERE i.series_key = series.series_key AND number_of_frames > 0 ORDER BY i.instance_number LIMIT 1);
    UPDATE studies SET
      body_parts = coalesce((SELECT group_concat(DISTINCT body_part) FROM series s
        WHERE s.study_key = studies.study_key AND body_part <> ''), ''),
      representative_key = (SELECT representative_key FROM series s
        WHERE s.study_key = studies.study_key AND representative_key IS NOT NULL ORDER BY frame_count DESC LIMIT 1),
      conflict_count = (SELECT count(*) FROM conflicts c WHERE c.study_key = studies.study_key);
  `,
};
