import type { Statement } from 'better-sqlite3';
import type { Demographics } from '#shared/contract/study.ts';
import type { FramePart } from '#shared/dicom/frame-index.ts';
import type { InstanceSummary } from '#shared/dicom/instance-summary.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { foldedText } from '#shared/domain/search-text.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** A staged file as it will be registered. */
export interface NewInstance {
  readonly summary: InstanceSummary;
  readonly transferSyntaxUid: string;
  readonly fileSha256: string;
  readonly dataSetSha256: string;
  readonly byteLength: number;
  readonly dataSetOffset: number;
  /** DICOM JSON, deflated. */
  readonly metadata: Uint8Array;
  readonly frames: readonly FramePart[];
}

/** For files that name neither an issuer of the patient id nor an institution. */
export interface ImportDefaults {
  readonly issuer: string;
  readonly facility: string;
}

export interface Registered {
  readonly outcome: 'imported' | 'duplicate' | 'conflict';
  readonly studyKey: StudyKey;
  /** The study was in the bin and came back. */
  readonly wasRestored: boolean;
  /** Of the archived file; a duplicate may have come with another File Meta Information. */
  readonly archivedSha256: string;
  /** The object with the file's hash belongs into the store. False: the same data set is there under another hash. */
  readonly keepsObject: boolean;
}

interface PatientRow {
  patient_key: number;
  name_alphabetic: string;
  name_ideographic: string;
  name_phonetic: string;
  birth_date: string;
  sex: string;
}

interface KnownRow {
  instance_key: number;
  data_set_sha256: string;
  file_sha256: string;
  study_key: number;
  is_in_bin: number;
  is_evicted: number;
}

interface Growth {
  instances: number;
  frames: number;
  bytes: number;
}

export type Registration = ReturnType<typeof createRegistration>;

/** Takes staged files into the database, a batch at a time. */
export function createRegistration(database: ArchiveDatabase) {
  const statements = prepareStatements(database);

  function register(batch: readonly NewInstance[], defaults: ImportDefaults, nowMs: number): Registered[] {
    const grownSeries = new Map<number, Growth>();
    const grownStudies = new Map<number, Growth>();
    const results = batch.map((instance): Registered => {
      const known = statements.known.get(instance.summary.sopUid);
      if (known) return registerKnown(known, instance, nowMs);
      const studyKey = upsertStudy(instance, defaults, nowMs);
      const seriesKey = upsertSeries(instance, studyKey);
      const frames = insertInstance(instance, seriesKey, nowMs);
      grow(grownSeries, seriesKey, frames, instance.byteLength);
      grow(grownStudies, studyKey, frames, instance.byteLength);
      const wasRestored = statements.restore.run(studyKey).changes > 0;
      if (wasRestored) statements.removeBinEntry.run(studyKey);
      return {
        outcome: 'imported',
        studyKey: studyKey as StudyKey,
        wasRestored,
        archivedSha256: instance.fileSha256,
        keepsObject: true,
      };
    });
    for (const [seriesKey, growth] of grownSeries) statements.growSeries.run({ seriesKey, ...growth });
    for (const [studyKey, growth] of grownStudies) statements.growStudy.run({ studyKey, ...growth });
    return results;
  }

  function registerKnown(known: KnownRow, instance: NewInstance, nowMs: number): Registered {
    const studyKey = known.study_key as StudyKey;
    const wasRestored = known.is_in_bin === 1;
    if (wasRestored) {
      statements.restore.run(studyKey);
      statements.removeBinEntry.run(studyKey);
    }
    const archived = { studyKey, wasRestored, archivedSha256: known.file_sha256 };
    if (known.data_set_sha256 === instance.dataSetSha256) {
      const isSameFile = known.file_sha256 === instance.fileSha256;
      if (known.is_evicted === 0) return { ...archived, outcome: 'duplicate', keepsObject: isSameFile };
      bringBack(known, instance, isSameFile);
      return { ...archived, outcome: 'duplicate', archivedSha256: instance.fileSha256, keepsObject: true };
    }
    const { sopUid, seriesUid } = instance.summary;
    const kept = statements.knownConflict.get(sopUid, instance.dataSetSha256);
    if (!kept) {
      statements.insertConflict.run({ ...instance, studyKey, sopUid, seriesUid, nowMs });
      statements.countConflict.run(studyKey);
    }
    const keepsObject = !kept || kept.file_sha256 === instance.fileSha256;
    return { ...archived, outcome: 'conflict', keepsObject };
  }

  /** The bytes of an evicted instance arrived again, possibly with another file header. */
  function bringBack(known: KnownRow, instance: NewInstance, isSameFile: boolean): void {
    statements.unevict.run(known.instance_key);
    statements.countUnevicted.run(known.study_key);
    if (isSameFile) return;
    statements.replaceFile.run({ ...instance, instanceKey: known.instance_key });
    statements.removeFrameParts.run(known.instance_key);
    insertFrameParts(known.instance_key, instance.frames);
  }

  function upsertStudy(instance: NewInstance, defaults: ImportDefaults, nowMs: number): number {
    const { patient, study, studyUid } = instance.summary;
    const demographics = demographicsOf(patient);
    const row = statements.upsertPatient.get({
      issuer: patient.issuer || defaults.issuer,
      id: patient.id,
      identityWithoutId: patient.id === '' ? identityWithoutId(studyUid, demographics) : '',
      ...columnsOf(demographics),
    });
    if (!row) throw new Error('upsert returned no patient');
    if (disagrees(row, demographics)) {
      statements.insertOtherDemographics.run({
        ...columnsOf(demographics),
        patientKey: row.patient_key,
        nowMs,
      });
    }
    const upserted = statements.upsertStudy.get({
      ...study,
      facility: study.facility || defaults.facility,
      patientKey: row.patient_key,
      studyUid,
      referringPhysician: study.referringPhysician.Ideographic ?? study.referringPhysician.Alphabetic ?? '',
      nowMs,
    });
    if (!upserted) throw new Error('upsert returned no study');
    return upserted.study_key;
  }

  function upsertSeries({ summary }: NewInstance, studyKey: number): number {
    const row = statements.upsertSeries.get({ ...summary.series, studyKey, seriesUid: summary.seriesUid });
    if (!row) throw new Error('upsert returned no series');
    return row.series_key;
  }

  /** Returns the number of frames that have pixels. */
  function insertInstance(instance: NewInstance, seriesKey: number, nowMs: number): number {
    const { summary } = instance;
    const numberOfFrames = instance.frames.at(-1)?.frameNumber ?? 0;
    const row = statements.insertInstance.get({ ...instance, ...summary, seriesKey, numberOfFrames, nowMs });
    if (!row) throw new Error('insert returned no instance');
    insertFrameParts(row.instance_key, instance.frames);
    return numberOfFrames;
  }

  function insertFrameParts(instanceKey: number, frames: readonly FramePart[]): void {
    let partNumber = 0;
    let frameNumber = 0;
    for (const part of frames) {
      partNumber = part.frameNumber === frameNumber ? partNumber + 1 : 1;
      frameNumber = part.frameNumber;
      const { fileOffset, byteLength, bitOffset } = part;
      statements.insertFramePart.run(instanceKey, frameNumber, partNumber, fileOffset, byteLength, bitOffset);
    }
  }

  return {
    /** Call inside a transaction; one result per instance, in order. */
    register,
  };
}

function grow(grown: Map<number, Growth>, key: number, frames: number, bytes: number): void {
  const before = grown.get(key) ?? { instances: 0, frames: 0, bytes: 0 };
  grown.set(key, {
    instances: before.instances + 1,
    frames: before.frames + frames,
    bytes: before.bytes + bytes,
  });
}

function demographicsOf(patient: InstanceSummary['patient']): Demographics {
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = patient.name;
  return {
    name: { alphabetic: Alphabetic, ideographic: Ideographic, phonetic: Phonetic },
    birthDate: patient.birthDate,
    sex: patient.sex,
  };
}

function columnsOf({ name, birthDate, sex }: Demographics) {
  return { ...name, birthDate, sex };
}

/** Without an id nothing joins two studies to one patient, and within a study only equal demographics do. */
function identityWithoutId(studyUid: string, { name, birthDate, sex }: Demographics): string {
  const nameParts = [name.alphabetic, name.ideographic, name.phonetic].map((part) => foldedText(part));
  return [studyUid, ...nameParts, birthDate, sex].join('\n');
}

/** What is missing on either side agrees with everything, and so do other ways to write the same name. */
function disagrees(row: PatientRow, { name, birthDate, sex }: Demographics): boolean {
  const pairs = [
    [row.name_alphabetic, name.alphabetic],
    [row.name_ideographic, name.ideographic],
    [row.name_phonetic, name.phonetic],
    [row.birth_date, birthDate],
    [row.sex, sex],
  ] as const;
  return pairs.some(
    ([archived, arrived]) =>
      archived !== arrived &&
      archived !== '' &&
      arrived !== '' &&
      foldedText(archived) !== foldedText(arrived),
  );
}

const fillIn = (table: string, columns: readonly string[]) =>
  columns
    .map((column) => `${column} = iif(${table}.${column} = '', excluded.${column}, ${table}.${column})`)
    .join(', ');

function prepareStatements(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  return {
    known: prepare<KnownRow>(`
      SELECT instance_key, data_set_sha256, file_sha256, study_key, is_in_bin,
        EXISTS (SELECT 1 FROM evicted_instances e WHERE e.instance_key = instances.instance_key) AS is_evicted
      FROM instances JOIN series USING (series_key) JOIN studies USING (study_key) WHERE sop_uid = ?`),
    upsertPatient: prepare<PatientRow>(`
      INSERT INTO patients (issuer, patient_id, identity_without_id, name_alphabetic, name_ideographic,
        name_phonetic, birth_date, sex)
      VALUES (@issuer, @id, @identityWithoutId, @alphabetic, @ideographic, @phonetic, @birthDate, @sex)
      ON CONFLICT (issuer, patient_id, identity_without_id) DO UPDATE SET
        ${fillIn('patients', ['name_alphabetic', 'name_ideographic', 'name_phonetic', 'birth_date', 'sex'])}
      RETURNING patient_key, name_alphabetic, name_ideographic, name_phonetic, birth_date, sex`),
    insertOtherDemographics: prepare(`
      INSERT INTO other_demographics (patient_key, name_alphabetic, name_ideographic, name_phonetic, birth_date, sex,
        seen_at_ms)
      VALUES (@patientKey, @alphabetic, @ideographic, @phonetic, @birthDate, @sex, @nowMs) ON CONFLICT DO NOTHING`),
    upsertStudy: prepare<{ study_key: number }>(`
      INSERT INTO studies (patient_key, study_uid, study_date, study_time, description, accession_number, study_id,
        facility, referring_physician, modalities, series_count, instance_count, byte_count, received_at_ms)
      VALUES (@patientKey, @studyUid, @date, @time, @description, @accessionNumber, @id, @facility,
        @referringPhysician, '', 0, 0, 0, @nowMs)
      ON CONFLICT (study_uid, patient_key) DO UPDATE SET
        ${fillIn('studies', ['study_date', 'study_time', 'description', 'accession_number', 'study_id', 'facility', 'referring_physician'])}
      RETURNING study_key`),
    upsertSeries: prepare<{ series_key: number }>(`
      INSERT INTO series (study_key, series_uid, modality, series_number, description, body_part, series_date,
        series_time, instance_count)
      VALUES (@studyKey, @seriesUid, @modality, @number, @description, @bodyPart, @date, @time, 0)
      ON CONFLICT (series_uid, study_key) DO UPDATE SET
        ${fillIn('series', ['modality', 'description', 'body_part', 'series_date', 'series_time'])}
      RETURNING series_key`),
    insertInstance: prepare<{ instance_key: number }>(`
      INSERT INTO instances (series_key, sop_uid, sop_class_uid, transfer_syntax_uid, instance_number,
        number_of_frames, file_sha256, data_set_sha256, byte_length, data_set_offset, received_at_ms, metadata)
      VALUES (@seriesKey, @sopUid, @sopClassUid, @transferSyntaxUid, @instanceNumber, @numberOfFrames, @fileSha256,
        @dataSetSha256, @byteLength, @dataSetOffset, @nowMs, @metadata) RETURNING instance_key`),
    insertFramePart: prepare(`
      INSERT INTO frame_parts (instance_key, frame_number, part_number, file_offset, byte_length, bit_offset)
      VALUES (?, ?, ?, ?, ?, ?)`),
    removeFrameParts: prepare('DELETE FROM frame_parts WHERE instance_key = ?'),
    replaceFile: prepare(`
      UPDATE instances SET file_sha256 = @fileSha256, byte_length = @byteLength, data_set_offset = @dataSetOffset,
        transfer_syntax_uid = @transferSyntaxUid, metadata = @metadata WHERE instance_key = @instanceKey`),
    growSeries: prepare(`
      UPDATE series SET instance_count = instance_count + @instances, frame_count = frame_count + @frames,
        representative_key = (SELECT instance_key FROM instances
          WHERE series_key = @seriesKey AND number_of_frames > 0 ORDER BY instance_number
          LIMIT 1 OFFSET (SELECT count(*) / 2 FROM instances WHERE series_key = @seriesKey AND number_of_frames > 0))
      WHERE series_key = @seriesKey`),
    growStudy: prepare(`
      UPDATE studies SET instance_count = instance_count + @instances, byte_count = byte_count + @bytes,
        series_count = (SELECT count(*) FROM series WHERE study_key = @studyKey),
        modalities = coalesce((SELECT group_concat(modality) FROM
          (SELECT DISTINCT modality FROM series WHERE study_key = @studyKey AND modality <> '' ORDER BY modality)), ''),
        body_parts = coalesce((SELECT group_concat(body_part) FROM
          (SELECT DISTINCT body_part FROM series WHERE study_key = @studyKey AND body_part <> '' ORDER BY body_part)), ''),
        representative_key = (SELECT representative_key FROM series
          WHERE study_key = @studyKey AND representative_key IS NOT NULL ORDER BY frame_count DESC LIMIT 1)
      WHERE study_key = @studyKey`),
    insertConflict: prepare(`
      INSERT INTO conflicts (study_key, series_uid, sop_uid, transfer_syntax_uid, file_sha256, data_set_sha256,
        byte_length, data_set_offset, received_at_ms, metadata)
      VALUES (@studyKey, @seriesUid, @sopUid, @transferSyntaxUid, @fileSha256, @dataSetSha256, @byteLength,
        @dataSetOffset, @nowMs, @metadata)`),
    knownConflict: prepare<{ file_sha256: string }>(
      'SELECT file_sha256 FROM conflicts WHERE sop_uid = ? AND data_set_sha256 = ?',
    ),
    countConflict: prepare('UPDATE studies SET conflict_count = conflict_count + 1 WHERE study_key = ?'),
    restore: prepare('UPDATE studies SET is_in_bin = 0 WHERE study_key = ? AND is_in_bin = 1'),
    removeBinEntry: prepare('DELETE FROM bin_entries WHERE study_key = ?'),
    unevict: prepare('DELETE FROM evicted_instances WHERE instance_key = ?'),
    countUnevicted: prepare('UPDATE studies SET evicted_count = evicted_count - 1 WHERE study_key = ?'),
  };
}
