import type { Statement } from 'better-sqlite3';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { ObjectStore } from '../object-store.ts';

/** Which instances have their bytes elsewhere only. */
export function createEvicted(database: ArchiveDatabase) {
  const prepare = <Row>(sql: string): Statement<unknown[], Row> => database.prepare(sql);
  const insert = prepare(
    'INSERT OR IGNORE INTO evicted_instances (instance_key, evicted_at_ms) VALUES (?, ?)',
  );
  const remove = prepare('DELETE FROM evicted_instances WHERE instance_key = ?');
  const recount = prepare(`
    UPDATE studies SET evicted_count = (
      SELECT count(*) FROM evicted_instances JOIN instances USING (instance_key) JOIN series USING (series_key)
      WHERE study_key = @studyKey)
    WHERE study_key = @studyKey`);
  const all = prepare<{
    instance_key: number;
    study_key: StudyKey;
    file_sha256: string;
    byte_length: number;
  }>(`
    SELECT instance_key, study_key, file_sha256, byte_length
    FROM evicted_instances JOIN instances USING (instance_key) JOIN series USING (series_key)`);
  const bytes = prepare<{ bytes: number }>(`
    SELECT coalesce(sum(byte_length), 0) AS bytes FROM evicted_instances JOIN instances USING (instance_key)`);

  return {
    mark: database.transaction((studyKey: StudyKey, instanceKeys: readonly number[], nowMs: number) => {
      for (const instanceKey of instanceKeys) insert.run(instanceKey, nowMs);
      recount.run({ studyKey });
    }),
    unmark: database.transaction((studyKey: StudyKey, instanceKeys: readonly number[]) => {
      for (const instanceKey of instanceKeys) remove.run(instanceKey);
      recount.run({ studyKey });
    }),
    all: () => all.all(),
    byteCount: () => bytes.get()?.bytes ?? 0,
  };
}

export type Evicted = ReturnType<typeof createEvicted>;

/** Instances said to be elsewhere whose bytes are here nevertheless: a killed eviction, or a restored backup. */
export function bringBackPresent(database: ArchiveDatabase, objects: ObjectStore): StudyKey[] {
  const evicted = createEvicted(database);
  const present = evicted
    .all()
    .filter(({ file_sha256: sha256, byte_length: byteLength }) => objects.has(sha256, byteLength));
  for (const { study_key: studyKey, instance_key: instanceKey } of present) {
    evicted.unmark(studyKey, [instanceKey]);
  }
  return present.map(({ study_key: studyKey }) => studyKey);
}
