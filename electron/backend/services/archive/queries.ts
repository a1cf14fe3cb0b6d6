import type { Statement } from 'better-sqlite3';
import type { PersonName, SeriesSummary, StudySummary } from '#shared/contract/archive.ts';
import type { FramePart } from '#shared/dicom/frame-index.ts';
import type { InstanceSummary } from '#shared/dicom/instance-summary.ts';
import type { SeriesUid, SopUid, StudyKey, StudyUid } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** What the byte interface needs to find one instance. */
export interface StoredInstance {
  readonly sopUid: SopUid;
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly transferSyntaxUid: string;
  readonly fileSha256: string;
  readonly byteLength: number;
  readonly instanceKey: number;
  readonly metadata: Uint8Array;
}

interface StudyRow {
  study_key: number;
  study_uid: string;
  issuer: string;
  patient_id: string;
  name_alphabetic: string;
  name_ideographic: string;
  name_phonetic: string;
  birth_date: string;
  sex: string;
  study_date: string;
  study_time: string;
  description: string;
  accession_number: string;
  facility: string;
  modalities: string;
  series_count: number;
  instance_count: number;
  byte_count: number;
}

interface InstanceRow {
  instance_key: number;
  sop_uid: string;
  study_uid: string;
  series_uid: string;
  transfer_syntax_uid: string;
  file_sha256: string;
  byte_length: number;
  metadata: Uint8Array;
}

export interface NewInstance {
  readonly summary: InstanceSummary;
  readonly transferSyntaxUid: string;
  readonly fileSha256: string;
  readonly dataSetSha256: string;
  readonly byteLength: number;
  readonly dataSetOffset: number;
  readonly metadata: Uint8Array;
  readonly frames: readonly FramePart[];
}

const STUDY_COLUMNS = `
  study_key, study_uid, issuer, patient_id, name_alphabetic, name_ideographic, name_phonetic, birth_date, sex,
  study_date, study_time, description, accession_number, facility, modalities, series_count, instance_count,
  byte_count`;

const INSTANCE_COLUMNS = `
  instance_key, sop_uid, study_uid, series_uid, instances.transfer_syntax_uid, file_sha256, byte_length, metadata`;

export type ArchiveQueries = ReturnType<typeof createArchiveQueries>;

/** Every SQL statement of the archive. */
export function createArchiveQueries(database: ArchiveDatabase) {
  const one = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);

  const countStudies = one<{ total: number }>('SELECT count(*) AS total FROM studies');
  const newestStudies = one<StudyRow>(`
    SELECT ${STUDY_COLUMNS} FROM studies JOIN patients USING (patient_key)
    ORDER BY study_date DESC, study_time DESC, study_key DESC LIMIT ? OFFSET ?`);
  const studyByKey = one<StudyRow>(
    `SELECT ${STUDY_COLUMNS} FROM studies JOIN patients USING (patient_key) WHERE study_key = ?`,
  );
  const seriesOfStudy = one<{
    series_uid: string;
    modality: string;
    series_number: number | null;
    description: string;
    body_part: string;
    instance_count: number;
  }>(`
    SELECT series_uid, modality, series_number, description, body_part, instance_count
    FROM series WHERE study_key = ? ORDER BY series_number, series_key`);
  const instancesOfSeries = one<InstanceRow>(`
    SELECT ${INSTANCE_COLUMNS} FROM instances JOIN series USING (series_key) JOIN studies USING (study_key)
    WHERE study_uid = ? AND series_uid = ? ORDER BY instances.instance_number, instance_key`);
  const instanceBySopUid = one<InstanceRow>(`
    SELECT ${INSTANCE_COLUMNS} FROM instances JOIN series USING (series_key) JOIN studies USING (study_key)
    WHERE sop_uid = ?`);
  const allInstances = one<InstanceRow>(`
    SELECT ${INSTANCE_COLUMNS} FROM instances JOIN series USING (series_key) JOIN studies USING (study_key)
    ORDER BY instance_key LIMIT ? OFFSET ?`);
  const instanceIdentity = one<{ data_set_sha256: string; study_key: number }>(`
    SELECT data_set_sha256, study_key FROM instances JOIN series USING (series_key) WHERE sop_uid = ?`);
  const partsOfFrame = one<{ file_offset: number; byte_length: number; bit_offset: number }>(`
    SELECT file_offset, byte_length, bit_offset FROM frame_parts
    WHERE instance_key = ? AND frame_number = ? ORDER BY part_number`);

  const upsertPatient = one<{ patient_key: number }>(`
    INSERT INTO patients (issuer, patient_id, name_alphabetic, name_ideographic, name_phonetic, birth_date, sex)
    VALUES (@issuer, @id, @alphabetic, @ideographic, @phonetic, @birthDate, @sex)
    ON CONFLICT (issuer, patient_id) DO UPDATE SET issuer = excluded.issuer RETURNING patient_key`);
  const upsertStudy = one<{ study_key: number }>(`
    INSERT INTO studies (patient_key, study_uid, study_date, study_time, description, accession_number, study_id,
      facility, referring_physician, modalities, series_count, instance_count, byte_count, received_at_ms)
    VALUES (@patientKey, @studyUid, @date, @time, @description, @accessionNumber, @id, @facility,
      @referringPhysician, '', 0, 0, 0, @nowMs)
    ON CONFLICT (study_uid, patient_key) DO UPDATE SET study_uid = excluded.study_uid RETURNING study_key`);
  const upsertSeries = one<{ series_key: number }>(`
    INSERT INTO series (study_key, series_uid, modality, series_number, description, body_part, series_date,
      series_time, instance_count)
    VALUES (@studyKey, @seriesUid, @modality, @number, @description, @bodyPart, @date, @time, 0)
    ON CONFLICT (series_uid, study_key) DO UPDATE SET series_uid = excluded.series_uid RETURNING series_key`);
  const insertInstance = one<{ instance_key: number }>(`
    INSERT INTO instances (series_key, sop_uid, sop_class_uid, transfer_syntax_uid, instance_number,
      number_of_frames, file_sha256, data_set_sha256, byte_length, data_set_offset, received_at_ms, metadata)
    VALUES (@seriesKey, @sopUid, @sopClassUid, @transferSyntaxUid, @instanceNumber, @numberOfFrames, @fileSha256,
      @dataSetSha256, @byteLength, @dataSetOffset, @nowMs, @metadata) RETURNING instance_key`);
  const insertFramePart = one(`
    INSERT INTO frame_parts (instance_key, frame_number, part_number, file_offset, byte_length, bit_offset)
    VALUES (?, ?, ?, ?, ?, ?)`);
  const countInSeries = one('UPDATE series SET instance_count = instance_count + 1 WHERE series_key = ?');
  const countInStudy = one(`
    UPDATE studies SET instance_count = instance_count + 1, byte_count = byte_count + @byteLength,
      series_count = (SELECT count(*) FROM series WHERE study_key = @studyKey),
      modalities = (SELECT group_concat(DISTINCT modality) FROM series WHERE study_key = @studyKey)
    WHERE study_key = @studyKey`);
  const insertConflict = one(`
    INSERT INTO conflicts (sop_uid, file_sha256, data_set_sha256, byte_length, received_at_ms)
    VALUES (@sopUid, @fileSha256, @dataSetSha256, @byteLength, @nowMs) ON CONFLICT (file_sha256) DO NOTHING`);

  return {
    listStudies(offset: number, limit: number): { total: number; studies: StudySummary[] } {
      return {
        total: countStudies.get()?.total ?? 0,
        studies: newestStudies.all(limit, offset).map(studySummary),
      };
    },

    findStudy(studyKey: StudyKey): StudySummary | undefined {
      const row = studyByKey.get(studyKey);
      return row && studySummary(row);
    },

    listSeries(studyKey: StudyKey): SeriesSummary[] {
      return seriesOfStudy.all(studyKey).map((row) => ({
        seriesUid: row.series_uid as SeriesUid,
        modality: row.modality,
        seriesNumber: row.series_number,
        description: row.description,
        bodyPart: row.body_part,
        instanceCount: row.instance_count,
      }));
    },

    listInstances(studyUid: StudyUid, seriesUid: SeriesUid): StoredInstance[] {
      return instancesOfSeries.all(studyUid, seriesUid).map(storedInstance);
    },

    findInstance(sopUid: SopUid): StoredInstance | undefined {
      const row = instanceBySopUid.get(sopUid);
      return row && storedInstance(row);
    },

    listAllInstances(offset: number, limit: number): StoredInstance[] {
      return allInstances.all(limit, offset).map(storedInstance);
    },

    findIdentity(sopUid: SopUid): { dataSetSha256: string; studyKey: StudyKey } | undefined {
      const row = instanceIdentity.get(sopUid);
      return row && { dataSetSha256: row.data_set_sha256, studyKey: row.study_key as StudyKey };
    },

    partsOfFrame(instanceKey: number, frameNumber: number) {
      return partsOfFrame.all(instanceKey, frameNumber).map((row) => ({
        fileOffset: row.file_offset,
        byteLength: row.byte_length,
        bitOffset: row.bit_offset,
      }));
    },

    /** Registers one instance; call inside a transaction. */
    addInstance(instance: NewInstance, nowMs: number): StudyKey {
      const { summary } = instance;
      const name = personName(summary.patient.name);
      const patientKey = upsertPatient.get({ ...summary.patient, ...name, name: null })?.patient_key;
      const studyKey = upsertStudy.get({
        ...summary.study,
        patientKey,
        studyUid: summary.studyUid,
        referringPhysician: summary.study.referringPhysician.Alphabetic ?? '',
        nowMs,
      })?.study_key;
      const seriesKey = upsertSeries.get({
        ...summary.series,
        studyKey,
        seriesUid: summary.seriesUid,
      })?.series_key;
      const instanceKey = insertInstance.get({
        ...instance,
        ...summary,
        seriesKey,
        numberOfFrames: summary.image?.numberOfFrames ?? 0,
        nowMs,
      })?.instance_key;
      let partNumber = 0;
      let frameNumber = 0;
      for (const part of instance.frames) {
        partNumber = part.frameNumber === frameNumber ? partNumber + 1 : 1;
        frameNumber = part.frameNumber;
        insertFramePart.run(
          instanceKey,
          frameNumber,
          partNumber,
          part.fileOffset,
          part.byteLength,
          part.bitOffset,
        );
      }
      countInSeries.run(seriesKey);
      countInStudy.run({ studyKey, byteLength: instance.byteLength });
      return studyKey as StudyKey;
    },

    addConflict(instance: NewInstance, nowMs: number): void {
      insertConflict.run({ ...instance, sopUid: instance.summary.sopUid, nowMs });
    },
  };
}

function personName(name: InstanceSummary['patient']['name']): PersonName {
  return {
    alphabetic: name.Alphabetic ?? '',
    ideographic: name.Ideographic ?? '',
    phonetic: name.Phonetic ?? '',
  };
}

function studySummary(row: StudyRow): StudySummary {
  return {
    studyKey: row.study_key as StudyKey,
    studyUid: row.study_uid as StudyUid,
    patient: {
      issuer: row.issuer,
      id: row.patient_id,
      name: {
        alphabetic: row.name_alphabetic,
        ideographic: row.name_ideographic,
        phonetic: row.name_phonetic,
      },
      birthDate: row.birth_date,
      sex: row.sex,
    },
    studyDate: row.study_date,
    studyTime: row.study_time,
    description: row.description,
    accessionNumber: row.accession_number,
    facility: row.facility,
    modalities: row.modalities === '' ? [] : row.modalities.split(','),
    seriesCount: row.series_count,
    instanceCount: row.instance_count,
    byteCount: row.byte_count,
  };
}

function storedInstance(row: InstanceRow): StoredInstance {
  return {
    sopUid: row.sop_uid as SopUid,
    studyUid: row.study_uid as StudyUid,
    seriesUid: row.series_uid as SeriesUid,
    transferSyntaxUid: row.transfer_syntax_uid,
    fileSha256: row.file_sha256,
    byteLength: row.byte_length,
    instanceKey: row.instance_key,
    metadata: row.metadata,
  };
}
