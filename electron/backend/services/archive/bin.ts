import type { Statement } from 'better-sqlite3';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';

/** How long a deleted study can be brought back. */
export const BIN_DAYS = 30;
const BIN_MS = BIN_DAYS * 24 * 60 * 60 * 1000;

export interface BinRow {
  readonly studyKey: StudyKey;
  readonly reason: string;
  readonly deletedBy: string;
  readonly deletedAtMs: number;
  readonly purgeAtMs: number;
}

/** Deleted studies: hidden for 30 days, then gone, rows first and files after them. */
export function createBin(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const hide = prepare('UPDATE studies SET is_in_bin = 1 WHERE study_key = ? AND is_in_bin = 0');
  const show = prepare('UPDATE studies SET is_in_bin = 0 WHERE study_key = ? AND is_in_bin = 1');
  const insertEntry = prepare(`
    INSERT INTO bin_entries (study_key, reason, person, role, device, factor, deleted_at_ms)
    VALUES (@studyKey, @reason, @person, @role, @device, @factor, @nowMs)`);
  const removeEntry = prepare('DELETE FROM bin_entries WHERE study_key = ?');
  const entries = prepare<{ study_key: number; reason: string; person: string; deleted_at_ms: number }>(
    'SELECT study_key, reason, person, deleted_at_ms FROM bin_entries ORDER BY deleted_at_ms DESC',
  );
  const overdue = prepare<{ study_key: number; patient_key: number }>(`
    SELECT study_key, patient_key FROM bin_entries JOIN studies USING (study_key) WHERE deleted_at_ms <= ?`);
  const purgeSteps = [
    `INSERT OR IGNORE INTO objects_to_remove
       SELECT file_sha256 FROM instances JOIN series USING (series_key) WHERE study_key = ?`,
    'INSERT OR IGNORE INTO objects_to_remove SELECT file_sha256 FROM conflicts WHERE study_key = ?',
    `DELETE FROM frame_parts WHERE instance_key IN
       (SELECT instance_key FROM instances JOIN series USING (series_key) WHERE study_key = ?)`,
    'DELETE FROM instances WHERE series_key IN (SELECT series_key FROM series WHERE study_key = ?)',
    'DELETE FROM series WHERE study_key = ?',
    'DELETE FROM studies WHERE study_key = ?',
  ].map((sql) => prepare(sql));
  const purgePatient = prepare(`
    DELETE FROM patients WHERE patient_key = @key
      AND NOT EXISTS (SELECT 1 FROM studies WHERE patient_key = @key)`);
  const unreferenced = prepare<{ file_sha256: string }>(`
    SELECT file_sha256 FROM objects_to_remove o
    WHERE NOT EXISTS (SELECT 1 FROM instances i WHERE i.file_sha256 = o.file_sha256)
      AND NOT EXISTS (SELECT 1 FROM conflicts c WHERE c.file_sha256 = o.file_sha256)`);
  const hasObjectsToRemove = prepare<{ any: number }>(
    'SELECT EXISTS (SELECT 1 FROM objects_to_remove) AS any',
  );
  const forgetRemoved = prepare('DELETE FROM objects_to_remove');

  return {
    put: database.transaction(
      (studyKeys: readonly StudyKey[], reason: string, by: Principal, nowMs: number) => {
        const { person, role, device, factor } = by;
        for (const studyKey of studyKeys) {
          if (hide.run(studyKey).changes === 0) continue;
          insertEntry.run({ studyKey, reason, person, role, device, factor, nowMs });
        }
      },
    ),

    takeOut: database.transaction((studyKeys: readonly StudyKey[]) => {
      for (const studyKey of studyKeys) {
        show.run(studyKey);
        removeEntry.run(studyKey);
      }
    }),

    list(): BinRow[] {
      return entries.all().map((row) => ({
        studyKey: row.study_key as StudyKey,
        reason: row.reason,
        deletedBy: row.person,
        deletedAtMs: row.deleted_at_ms,
        purgeAtMs: row.deleted_at_ms + BIN_MS,
      }));
    },

    /** Removes the rows of what has been in the bin long enough. Its files go with `removeObjects`. */
    purge: database.transaction((nowMs: number) => {
      for (const { study_key: studyKey, patient_key: key } of overdue.all(nowMs - BIN_MS)) {
        for (const step of purgeSteps) step.run(studyKey);
        purgePatient.run({ key });
      }
    }),

    /** Removes files that no row names any more; what a killed process left undone is done the next time. */
    removeObjects(remove: (sha256: string) => void): void {
      // A start writes nothing unless there is something to do: the disk may be full.
      if (hasObjectsToRemove.get()?.any !== 1) return;
      for (const { file_sha256: sha256 } of unreferenced.all()) remove(sha256);
      forgetRemoved.run();
    },
  };
}
