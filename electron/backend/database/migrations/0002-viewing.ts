import type { Migration } from '../migrate.ts';

export const migration0002: Migration = {
  version: 2,
  purpose: 'what radiologists leave on a study: annotations, key images, frames seen, viewer state',
  up: `
    -- A study by what it is, not by its row: it may be deleted and come back, and its annotations with it.
    CREATE TABLE viewing_studies (
      viewing_study_key INTEGER PRIMARY KEY,
      study_uid TEXT NOT NULL,
      issuer TEXT NOT NULL,
      patient_id TEXT NOT NULL,
      UNIQUE (study_uid, issuer, patient_id)
    ) STRICT;

    -- Rows are only ever added: a change or a deletion is a new version.
    CREATE TABLE annotation_versions (
      viewing_study_key INTEGER NOT NULL REFERENCES viewing_studies,
      annotation_uid TEXT NOT NULL,
      version INTEGER NOT NULL,
      is_deleted INTEGER NOT NULL,
      content TEXT NOT NULL,
      person TEXT NOT NULL,
      role TEXT NOT NULL,
      device TEXT NOT NULL,
      factor TEXT NOT NULL,
      at_ms INTEGER NOT NULL,
      PRIMARY KEY (viewing_study_key, annotation_uid, version)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE key_images (
      key_image_uid TEXT PRIMARY KEY,
      viewing_study_key INTEGER NOT NULL REFERENCES viewing_studies,
      content TEXT NOT NULL,
      added_by_person TEXT NOT NULL,
      added_by_role TEXT NOT NULL,
      added_by_device TEXT NOT NULL,
      added_at_ms INTEGER NOT NULL,
      removed_by_person TEXT,
      removed_at_ms INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX key_images_by_study ON key_images (viewing_study_key, added_at_ms);

    CREATE TABLE viewed_frames (
      viewing_study_key INTEGER NOT NULL REFERENCES viewing_studies,
      person TEXT NOT NULL,
      series_uid TEXT NOT NULL,
      sop_uid TEXT NOT NULL,
      frame_number INTEGER NOT NULL,
      first_seen_at_ms INTEGER NOT NULL,
      PRIMARY KEY (viewing_study_key, person, series_uid, sop_uid, frame_number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE viewer_states (
      viewing_study_key INTEGER NOT NULL REFERENCES viewing_studies,
      person TEXT NOT NULL,
      state TEXT NOT NULL,
      saved_at_ms INTEGER NOT NULL,
      PRIMARY KEY (viewing_study_key, person)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE viewer_preferences (
      person TEXT PRIMARY KEY,
      preferences TEXT NOT NULL,
      saved_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
