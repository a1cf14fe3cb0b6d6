import { statSync } from 'node:fs';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { ObjectStore } from '../object-store.ts';
import { BackupFolder } from './backup-folder.ts';
import type { CareHelper } from './care-helper.ts';
import type { Evicted } from './evicted.ts';
import type { ObjectRow, Places } from './places.ts';

export interface EvictionOptions {
  readonly database: ArchiveDatabase;
  readonly dataDir: string;
  readonly objects: ObjectStore;
  readonly places: Places;
  readonly evicted: Evicted;
  readonly helper: CareHelper;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly maximumBytes: number;
  /** Where a path is: a copy on the same disk is no second copy. */
  readonly deviceOf?: (path: string) => number | undefined;
}

export interface EvictionReport {
  readonly studyKeys: readonly StudyKey[];
  /** Still more stored than wished, but nothing more may go. */
  readonly isBlocked: boolean;
}

/**
 * Removes bytes here, least recently opened studies first, until no more than the wished amount is
 * left. Only studies that were read, are not pinned, and of which each instance was read back intact
 * from another disk a moment before.
 */
export async function evict(options: EvictionOptions): Promise<EvictionReport> {
  const { database, evicted, signal, maximumBytes } = options;
  const storedBytes = database
    .prepare<[], number>('SELECT coalesce(sum(byte_count), 0) FROM studies')
    .pluck();
  const candidates = database
    .prepare<[], StudyKey>(`
      SELECT study_key FROM studies
      WHERE is_in_bin = 0 AND is_pinned = 0 AND opened_at_ms > 0 AND instance_count > 0
        AND copied_count >= instance_count AND evicted_count < instance_count
      ORDER BY opened_at_ms`)
    .pluck()
    .all();
  const excess = () => (storedBytes.get() ?? 0) - evicted.byteCount() - maximumBytes;
  const studyKeys: StudyKey[] = [];
  for (const studyKey of candidates) {
    if (excess() <= 0) break;
    signal.throwIfAborted();
    if (await evictStudy(options, studyKey)) studyKeys.push(studyKey);
  }
  return { studyKeys, isBlocked: excess() > 0 };
}

async function evictStudy(options: EvictionOptions, studyKey: StudyKey): Promise<boolean> {
  const { places, evicted, objects, clock } = options;
  const here = places.objectsOfStudy(studyKey);
  for (const object of here) {
    if (!(await isIntactElsewhere(options, studyKey, object))) return false;
  }
  // It may have been pinned, opened or added to while its copies were read.
  if (!mayBeEvicted(options, studyKey, here.length)) return false;
  evicted.mark(
    studyKey,
    here.map(({ instance_key: instanceKey }) => instanceKey),
    clock.nowMs(),
  );
  for (const { file_sha256: sha256 } of here) objects.remove(sha256);
  return true;
}

function mayBeEvicted({ database }: EvictionOptions, studyKey: StudyKey, objectsRead: number): boolean {
  return (
    database
      .prepare<[StudyKey, number], number>(`
        SELECT 1 FROM studies WHERE study_key = ? AND is_in_bin = 0 AND is_pinned = 0 AND opened_at_ms > 0
          AND instance_count - evicted_count = ?`)
      .pluck()
      .get(studyKey, objectsRead) === 1
  );
}

async function isIntactElsewhere(
  options: EvictionOptions,
  studyKey: StudyKey,
  { instance_key: instanceKey, file_sha256: sha256 }: ObjectRow,
): Promise<boolean> {
  const { places, helper, signal, dataDir, deviceOf = deviceOfPath } = options;
  const ownDevice = deviceOf(dataDir);
  for (const { place_key: placeKey, name } of places.ofInstance(instanceKey)) {
    signal.throwIfAborted();
    const device = deviceOf(name);
    // A disk that is not attached now confirms nothing, and forgets nothing.
    if (device === undefined || device === ownDevice) continue;
    const path = new BackupFolder(name).objectPath(sha256);
    if ((await helper.hash(path)) === sha256) return true;
    signal.throwIfAborted();
    places.forget(studyKey, placeKey, instanceKey);
  }
  return false;
}

function deviceOfPath(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.dev;
}
