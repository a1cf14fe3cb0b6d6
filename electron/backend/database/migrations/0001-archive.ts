import type { Migration } from '../migrate.ts';

export const migration0001: Migration = {
  version: 1,
  purpose: 'patients, studies, series, instances and where their frames lie',
  up: `
    CREATE TABLE patients (
      patient_key INTEGER PRIMARY KEY,
      issuer TEXT NOT NULL,
      patient_id TEXT NOT NULL,
      name_alphabetic TEXT NOT NULL,
      name_ideographic TEXT NOT NULL,
      name_phonetic TEXT NOT NULL,
      birth_date TEXT NOT NULL,
      sex TEXT NOT NULL,
      UNIQUE (issuer, patient_id)
    ) STRICT;

    -- A study is unique by UID and patient: images of two patients never share a row, whatever their UIDs say.
    CREATE TABLE studies (
      study_key INTEGER PRIMARY KEY,
      patient_key INTEGER NOT NULL REFERENCES patients,
      study_uid TEXT NOT NULL,
      study_date TEXT NOT NULL,
      study_time TEXT NOT NULL,
      description TEXT NOT NULL,
      accession_number TEXT NOT NULL,
      study_id TEXT NOT NULL,
      facility TEXT NOT NULL,
      referring_physician TEXT NOT NULL,
      modalities TEXT NOT NULL,
      series_count INTEGER NOT NULL,
      instance_count INTEGER NOT NULL,
      byte_count INTEGER NOT NULL,
      received_at_ms INTEGER NOT NULL,
      UNIQUE (study_uid, patient_key)
    ) STRICT;
    CREATE INDEX studies_by_date ON studies (study_date DESC, study_time DESC, study_key DESC);
    CREATE INDEX studies_by_patient ON studies (patient_key);

    CREATE TABLE series (
      series_key INTEGER PRIMARY KEY,
      study_key INTEGER NOT NULL REFERENCES studies,
      series_uid TEXT NOT NULL,
      modality TEXT NOT NULL,
      series_number INTEGER,
      description TEXT NOT NULL,
      body_part TEXT NOT NULL,
      series_date TEXT NOT NULL,
      series_time TEXT NOT NULL,
      instance_count INTEGER NOT NULL,
      UNIQUE (series_uid, study_key)
    ) STRICT;
    CREATE INDEX series_by_study ON series (study_key);

    CREATE TABLE instances (
      instance_key INTEGER PRIMARY KEY,
      series_key INTEGER NOT NULL REFERENCES series,
      sop_uid TEXT NOT NULL UNIQUE,
      sop_class_uid TEXT NOT NULL,
      transfer_syntax_uid TEXT NOT NULL,
      instance_number INTEGER,
      number_of_frames INTEGER NOT NULL,
      -- SHA-256 of the whole file, which is also its name in the object store, and of its data set alone.
      file_sha256 TEXT NOT NULL,
      data_set_sha256 TEXT NOT NULL,
      byte_length INTEGER NOT NULL,
      data_set_offset INTEGER NOT NULL,
      received_at_ms INTEGER NOT NULL,
      -- DICOM JSON Model, deflated: everything but bulk data.
      metadata BLOB NOT NULL
    ) STRICT;
    CREATE INDEX instances_by_series ON instances (series_key, instance_number);

    CREATE TABLE frame_parts (
      instance_key INTEGER NOT NULL REFERENCES instances ON DELETE CASCADE,
      frame_number INTEGER NOT NULL,
      part_number INTEGER NOT NULL,
      file_offset INTEGER NOT NULL,
      byte_length INTEGER NOT NULL,
      bit_offset INTEGER NOT NULL,
      PRIMARY KEY (instance_key, frame_number, part_number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE conflicts (
      conflict_key INTEGER PRIMARY KEY,
      sop_uid TEXT NOT NULL,
      file_sha256 TEXT NOT NULL UNIQUE,
      data_set_sha256 TEXT NOT NULL,
      byte_length INTEGER NOT NULL,
      received_at_ms INTEGER NOT NULL
    ) STRICT;
  `,
};
