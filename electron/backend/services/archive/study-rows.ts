import type { PersonName, RepresentativeFrame, SeriesSummary, StudySummary } from '#shared/contract/study.ts';
import type { PatientKey, SeriesUid, SopUid, StudyKey, StudyUid } from '#shared/domain/identifiers.ts';

/** Columns of `STUDY_TABLES` that make a `StudySummary`. */
export const STUDY_COLUMNS = `
  studies.study_key, studies.study_uid, patients.patient_key, issuer, patient_id, name_alphabetic, name_ideographic,
  name_phonetic, birth_date, sex, study_date, study_time, studies.description, accession_number, facility,
  modalities, body_parts, series_count, studies.instance_count, byte_count, studies.received_at_ms, opened_at_ms,
  is_pinned, conflict_count, evicted_count,
  EXISTS (SELECT 1 FROM other_demographics o WHERE o.patient_key = patients.patient_key) AS has_different_demographics,
  shown.sop_uid AS shown_sop_uid, shown.number_of_frames AS shown_frames, shown_series.series_uid AS shown_series_uid`;

export const STUDY_TABLES = `
  studies JOIN patients ON patients.patient_key = studies.patient_key
  LEFT JOIN instances shown ON shown.instance_key = studies.representative_key
  LEFT JOIN series shown_series ON shown_series.series_key = shown.series_key`;

export interface StudyRow {
  study_key: number;
  study_uid: string;
  patient_key: number;
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
  body_parts: string;
  series_count: number;
  instance_count: number;
  byte_count: number;
  received_at_ms: number;
  opened_at_ms: number;
  is_pinned: number;
  conflict_count: number;
  evicted_count: number;
  has_different_demographics: number;
  shown_sop_uid: string | null;
  shown_frames: number | null;
  shown_series_uid: string | null;
}

export function studySummary(row: StudyRow): StudySummary {
  return {
    studyKey: row.study_key as StudyKey,
    studyUid: row.study_uid as StudyUid,
    patient: patientSummary(row),
    studyDate: row.study_date,
    studyTime: row.study_time,
    description: row.description,
    accessionNumber: row.accession_number,
    facility: row.facility,
    modalities: splitList(row.modalities),
    bodyParts: splitList(row.body_parts),
    seriesCount: row.series_count,
    instanceCount: row.instance_count,
    byteCount: row.byte_count,
    receivedAtMs: row.received_at_ms,
    openedAtMs: row.opened_at_ms === 0 ? null : row.opened_at_ms,
    isPinned: row.is_pinned === 1,
    conflictCount: row.conflict_count,
    evictedCount: row.evicted_count,
    representative: representativeFrame(
      row.study_uid,
      row.shown_series_uid,
      row.shown_sop_uid,
      row.shown_frames,
    ),
  };
}

export const PATIENT_COLUMNS = `
  patients.patient_key, issuer, patient_id, name_alphabetic, name_ideographic, name_phonetic, birth_date, sex,
  EXISTS (SELECT 1 FROM other_demographics o WHERE o.patient_key = patients.patient_key) AS has_different_demographics`;

export type PatientRow = Pick<
  StudyRow,
  | 'patient_key'
  | 'issuer'
  | 'patient_id'
  | 'name_alphabetic'
  | 'name_ideographic'
  | 'name_phonetic'
  | 'birth_date'
  | 'sex'
  | 'has_different_demographics'
>;

export function patientSummary(row: PatientRow): StudySummary['patient'] {
  return {
    patientKey: row.patient_key as PatientKey,
    issuer: row.issuer,
    id: row.patient_id,
    name: personName(row),
    birthDate: row.birth_date,
    sex: row.sex,
    hasDifferentDemographics: row.has_different_demographics === 1,
  };
}

export function personName(
  row: Pick<StudyRow, 'name_alphabetic' | 'name_ideographic' | 'name_phonetic'>,
): PersonName {
  return {
    alphabetic: row.name_alphabetic,
    ideographic: row.name_ideographic,
    phonetic: row.name_phonetic,
  };
}

export interface SeriesRow {
  study_uid: string;
  series_uid: string;
  modality: string;
  series_number: number | null;
  description: string;
  body_part: string;
  instance_count: number;
  frame_count: number;
  shown_sop_uid: string | null;
  shown_frames: number | null;
}

export function seriesSummary(row: SeriesRow): SeriesSummary {
  return {
    seriesUid: row.series_uid as SeriesUid,
    modality: row.modality,
    seriesNumber: row.series_number,
    description: row.description,
    bodyPart: row.body_part,
    instanceCount: row.instance_count,
    frameCount: row.frame_count,
    representative: representativeFrame(row.study_uid, row.series_uid, row.shown_sop_uid, row.shown_frames),
  };
}

/** The middle frame: the first ones of a multi-frame image often show nothing yet. */
function representativeFrame(
  studyUid: string,
  seriesUid: string | null,
  sopUid: string | null,
  frames: number | null,
): RepresentativeFrame | null {
  if (seriesUid === null || sopUid === null || frames === null) return null;
  return {
    studyUid: studyUid as StudyUid,
    seriesUid: seriesUid as SeriesUid,
    sopUid: sopUid as SopUid,
    frameNumber: Math.ceil(frames / 2),
  };
}

/** `group_concat` separates with commas, which neither modalities nor body parts (VR CS) may contain. */
function splitList(joined: string): string[] {
  return joined === '' ? [] : joined.split(',');
}
