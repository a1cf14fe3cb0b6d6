import type { SopUid, StudyKey } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** What other services ask the archive. */
export function createArchiveQueries(database: ArchiveDatabase) {
  const studyOfInstance = database.prepare<[SopUid], { study_key: StudyKey }>(
    'SELECT study_key FROM instances JOIN series USING (series_key) WHERE sop_uid = ?',
  );
  return {
    studyOfInstance: (sopUid: SopUid): StudyKey | undefined => studyOfInstance.get(sopUid)?.study_key,
  };
}
