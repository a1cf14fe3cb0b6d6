import type { Statement } from 'better-sqlite3';
import type { Demographics, Prior, SeriesSummary, StudySummary } from '#shared/contract/study.ts';
import type { Place } from '#shared/contract/storage.ts';
import type { PatientKey, StudyKey } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import { STUDY_COLUMNS, STUDY_TABLES, personName, seriesSummary, studySummary } from './study-rows.ts';
import type { SeriesRow, StudyRow } from './study-rows.ts';

/** What the worklist and the viewer ask about studies, and what a person marks on them. */
export function createStudies(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const byKey = prepare<StudyRow>(
    `SELECT ${STUDY_COLUMNS} FROM ${STUDY_TABLES} WHERE studies.study_key = ? AND is_in_bin = 0`,
  );
  /** One statement for a whole page: each costs as much as many rows. */
  const byKeys = prepare<StudyRow>(`
    SELECT ${STUDY_COLUMNS} FROM json_each(?) wanted CROSS JOIN ${STUDY_TABLES}
    WHERE studies.study_key = wanted.value AND is_in_bin = 0 ORDER BY wanted.key`);
  const inBinByKey = prepare<StudyRow>(
    `SELECT ${STUDY_COLUMNS} FROM ${STUDY_TABLES} WHERE studies.study_key = ? AND is_in_bin = 1`,
  );
  const ofPatient = prepare<StudyRow>(`
    SELECT ${STUDY_COLUMNS} FROM ${STUDY_TABLES} WHERE studies.patient_key = ? AND is_in_bin = 0
    ORDER BY study_date DESC, study_time DESC`);
  const seriesOfStudy = prepare<SeriesRow>(`
    SELECT studies.study_uid, series.series_uid, series.modality, series.series_number, series.description,
      series.body_part, series.instance_count, series.frame_count, shown.sop_uid AS shown_sop_uid,
      shown.number_of_frames AS shown_frames
    FROM series JOIN studies USING (study_key) LEFT JOIN instances shown ON shown.instance_key = series.representative_key
    WHERE study_key = ? ORDER BY series.series_number, series.series_key`);
  const otherDemographics = prepare<{
    name_alphabetic: string;
    name_ideographic: string;
    name_phonetic: string;
    birth_date: string;
    sex: string;
  }>('SELECT * FROM other_demographics WHERE patient_key = ? ORDER BY seen_at_ms');
  const placesOfStudy = prepare<{ kind: Place['kind']; name: string; confirmed_at_ms: number }>(`
    SELECT kind, name, confirmed_at_ms FROM places WHERE place_key IN (
      SELECT place_key FROM instance_copies JOIN instances USING (instance_key) JOIN series USING (series_key)
      WHERE study_key = ?)
    ORDER BY confirmed_at_ms DESC`);
  const setOpened = prepare('UPDATE studies SET opened_at_ms = ? WHERE study_key = ?');
  const setPinned = prepare('UPDATE studies SET is_pinned = ? WHERE study_key = ?');

  return {
    find(studyKey: StudyKey): StudySummary | undefined {
      const row = byKey.get(studyKey);
      return row && studySummary(row);
    },

    /** In the given order; those that are gone are left out. */
    findAll(studyKeys: readonly StudyKey[]): StudySummary[] {
      return byKeys.all(JSON.stringify(studyKeys)).map(studySummary);
    },

    findInBin(studyKey: StudyKey): StudySummary | undefined {
      const row = inBinByKey.get(studyKey);
      return row && studySummary(row);
    },

    listSeries(studyKey: StudyKey): SeriesSummary[] {
      return seriesOfStudy.all(studyKey).map(seriesSummary);
    },

    /** Newest first. @param confirmed other records that a person said are the same patient */
    listPriors(study: StudySummary, confirmed: readonly PatientKey[]): Prior[] {
      const of = (patientKey: PatientKey, because: Prior['because']) =>
        ofPatient.all(patientKey).map((row): Prior => ({ study: studySummary(row), because }));
      const priors = [
        ...of(study.patient.patientKey, 'issuer-and-id').filter(
          (prior) => prior.study.studyKey !== study.studyKey,
        ),
        ...confirmed.flatMap((patientKey) => of(patientKey, 'confirmed')),
      ];
      const when = ({ study: { studyDate, studyTime } }: Prior) => studyDate + studyTime;
      return priors.sort((a, b) => (when(a) < when(b) ? 1 : -1));
    },

    listOtherDemographics(patientKey: PatientKey): Demographics[] {
      return otherDemographics
        .all(patientKey)
        .map((row) => ({ name: personName(row), birthDate: row.birth_date, sex: row.sex }));
    },

    listPlaces(studyKey: StudyKey): Place[] {
      return placesOfStudy
        .all(studyKey)
        .map(({ kind, name, confirmed_at_ms: lastConfirmedAtMs }) => ({ kind, name, lastConfirmedAtMs }));
    },

    /** @param openedAtMs 0 makes it unread again */
    setOpened(studyKeys: readonly StudyKey[], openedAtMs: number): void {
      for (const studyKey of studyKeys) setOpened.run(openedAtMs, studyKey);
    },

    setPinned(studyKeys: readonly StudyKey[], isPinned: boolean): void {
      for (const studyKey of studyKeys) setPinned.run(isPinned ? 1 : 0, studyKey);
    },
  };
}
