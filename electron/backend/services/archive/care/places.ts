import type { Statement } from 'better-sqlite3';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

export interface PlaceRow {
  readonly place_key: number;
  /** The backup's folder. */
  readonly name: string;
}

export interface ObjectRow {
  readonly instance_key: number;
  readonly file_sha256: string;
  readonly byte_length: number;
}

/** What of ours is known to be elsewhere. */
export function createPlaces(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const upsert = prepare<{ place_key: number }>(`
    INSERT INTO places (kind, name, confirmed_at_ms) VALUES ('backup', @name, @nowMs)
    ON CONFLICT (kind, name) DO UPDATE SET confirmed_at_ms = excluded.confirmed_at_ms RETURNING place_key`);
  // The instance may have been replaced or removed since it was copied.
  const insertCopy = prepare(`
    INSERT OR IGNORE INTO instance_copies (instance_key, place_key)
    SELECT instance_key, @placeKey FROM instances WHERE instance_key = @instanceKey AND file_sha256 = @sha256`);
  const removeCopy = prepare('DELETE FROM instance_copies WHERE instance_key = ? AND place_key = ?');
  const countCopied = prepare(`
    UPDATE studies SET copied_count = (
      SELECT count(DISTINCT instance_key) FROM instance_copies JOIN instances USING (instance_key)
        JOIN series USING (series_key) WHERE study_key = @studyKey)
    WHERE study_key = @studyKey`);
  const all = prepare<PlaceRow>(
    `SELECT place_key, name FROM places WHERE kind = 'backup' ORDER BY confirmed_at_ms DESC`,
  );
  const ofInstance = prepare<PlaceRow>(`
    SELECT place_key, name FROM instance_copies JOIN places USING (place_key)
    WHERE instance_key = ? ORDER BY confirmed_at_ms DESC`);
  const objectsOfStudy = prepare<ObjectRow>(`
    SELECT instance_key, file_sha256, byte_length FROM instances JOIN series USING (series_key)
    WHERE study_key = ? AND instance_key NOT IN (SELECT instance_key FROM evicted_instances)`);
  const evictedOfStudy = prepare<ObjectRow>(`
    SELECT instance_key, file_sha256, byte_length
    FROM evicted_instances JOIN instances USING (instance_key) JOIN series USING (series_key) WHERE study_key = ?`);

  return {
    /** Remembers a place and when it was last confirmed. */
    remember: (name: string, nowMs: number) => upsert.get({ name, nowMs })?.place_key ?? 0,
    all: () => all.all(),
    ofInstance: (instanceKey: number) => ofInstance.all(instanceKey),
    objectsOfStudy: (studyKey: StudyKey) => objectsOfStudy.all(studyKey),
    evictedOfStudy: (studyKey: StudyKey) => evictedOfStudy.all(studyKey),

    /** Notes copies of one study, all in one commit. */
    confirm: database.transaction((studyKey: StudyKey, placeKey: number, copied: readonly ObjectRow[]) => {
      for (const { instance_key: instanceKey, file_sha256: sha256 } of copied) {
        insertCopy.run({ instanceKey, placeKey, sha256 });
      }
      countCopied.run({ studyKey });
    }),

    /** A copy that was not found, or was damaged, is none. */
    forget: database.transaction((studyKey: StudyKey, placeKey: number, instanceKey: number) => {
      removeCopy.run(instanceKey, placeKey);
      countCopied.run({ studyKey });
    }),
  };
}

export type Places = ReturnType<typeof createPlaces>;
