import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** What studies and series say of themselves, against the rows below them. */
const studyCounts: Readonly<Record<string, string>> = {
  series_count: 'SELECT count(*) FROM series s WHERE s.study_key = studies.study_key',
  instance_count:
    'SELECT count(*) FROM instances JOIN series s USING (series_key) WHERE s.study_key = studies.study_key',
  byte_count:
    'SELECT coalesce(sum(byte_length), 0) FROM instances JOIN series s USING (series_key) WHERE s.study_key = studies.study_key',
  conflict_count: 'SELECT count(*) FROM conflicts c WHERE c.study_key = studies.study_key',
  evicted_count: `SELECT count(*) FROM evicted_instances JOIN instances USING (instance_key) JOIN series s USING (series_key)
    WHERE s.study_key = studies.study_key`,
  copied_count: `SELECT count(DISTINCT instance_key) FROM instance_copies JOIN instances USING (instance_key)
    JOIN series s USING (series_key) WHERE s.study_key = studies.study_key`,
};
const seriesCounts: Readonly<Record<string, string>> = {
  instance_count: 'SELECT count(*) FROM instances i WHERE i.series_key = series.series_key',
  frame_count:
    'SELECT coalesce(sum(number_of_frames), 0) FROM instances i WHERE i.series_key = series.series_key',
};

export function createCounts(database: ArchiveDatabase) {
  const differs = (counts: Readonly<Record<string, string>>) =>
    Object.entries(counts)
      .map(([column, truth]) => `${column} <> (${truth})`)
      .join(' OR ');
  const set = (counts: Readonly<Record<string, string>>) =>
    Object.entries(counts)
      .map(([column, truth]) => `${column} = (${truth})`)
      .join(', ');
  const wrong = database
    .prepare<[], StudyKey>(`
      SELECT study_key FROM studies WHERE ${differs(studyCounts)}
      UNION SELECT study_key FROM series WHERE ${differs(seriesCounts)}`)
    .pluck();
  const recountStudy = database.prepare(`UPDATE studies SET ${set(studyCounts)} WHERE study_key = ?`);
  const recountSeries = database.prepare(`UPDATE series SET ${set(seriesCounts)} WHERE study_key = ?`);

  return {
    wrong: () => wrong.all(),
    recount: database.transaction((studyKeys: readonly StudyKey[]) => {
      for (const studyKey of studyKeys) {
        recountSeries.run(studyKey);
        recountStudy.run(studyKey);
      }
    }),
  };
}
