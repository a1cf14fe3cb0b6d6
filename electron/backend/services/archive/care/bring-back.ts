import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { ObjectStore } from '../object-store.ts';
import { BackupFolder } from './backup-folder.ts';
import type { CareHelper } from './care-helper.ts';
import type { Evicted } from './evicted.ts';
import type { Places } from './places.ts';

export interface BringBackOptions {
  readonly objects: ObjectStore;
  readonly places: Places;
  readonly evicted: Evicted;
  readonly helper: CareHelper;
  readonly signal: AbortSignal;
  readonly itemDone: (byteCount: number) => void;
}

/** Copies the evicted bytes of one study back from wherever they are. Returns how many are not to be had. */
export async function bringBack(options: BringBackOptions, studyKey: StudyKey): Promise<number> {
  const { objects, places, evicted, signal } = options;
  let absent = 0;
  for (const {
    instance_key: instanceKey,
    file_sha256: sha256,
    byte_length: byteLength,
  } of places.evictedOfStudy(studyKey)) {
    signal.throwIfAborted();
    if (await copyFromAnyPlace(options, instanceKey, sha256)) {
      objects.syncFolders([sha256]);
      evicted.unmark(studyKey, [instanceKey]);
    } else {
      absent++;
    }
    options.itemDone(byteLength);
  }
  return absent;
}

async function copyFromAnyPlace(
  { objects, places, helper, signal }: BringBackOptions,
  instanceKey: number,
  sha256: string,
): Promise<boolean> {
  for (const { name } of places.ofInstance(instanceKey)) {
    signal.throwIfAborted();
    const outcome = await helper.copy(
      new BackupFolder(name).objectPath(sha256),
      objects.pathOf(sha256),
      sha256,
    );
    if (outcome === 'copied' || outcome === 'already-there') return true;
  }
  return false;
}
