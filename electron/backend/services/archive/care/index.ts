import path from 'node:path';
import type { archive } from '#shared/contract/archive.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { KeyProvider } from '#backend/keys.ts';
import type { Log } from '#backend/log.ts';
import type { SpawnHelper } from '#backend/processes/helper-process.ts';
import type { ObjectStore } from '../object-store.ts';
import type { EvictionSettings } from '../storage.ts';
import { backUp } from './backup.ts';
import { bringBack } from './bring-back.ts';
import { CareHelper } from './care-helper.ts';
import { createEvicted } from './evicted.ts';
import { evict } from './eviction.ts';
import { Jobs } from './jobs.ts';
import { createPlaces } from './places.ts';
import { ProgressCounter } from './progress.ts';
import { verify } from './verify.ts';
import type { VerifyOptions } from './verify.ts';

export interface CareOptions {
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly objects: ObjectStore;
  readonly keys: KeyProvider;
  readonly spawnHelper: SpawnHelper;
  readonly announcer: Announcer<BackendContracts>;
  readonly clock: Clock;
  readonly log: Log;
  readonly eviction: () => EvictionSettings;
  readonly importsSettled: VerifyOptions['importsSettled'];
  readonly indexObject: VerifyOptions['indexObject'];
  readonly studiesChanged: (studyKeys: readonly StudyKey[]) => void;
}

type CareMethods = 'startVerify' | 'startBackup' | 'startBringBack' | 'cancelJob' | 'listJobs';

/** Looks after what is stored: verify, backup, eviction, and bringing evicted bytes back. */
export function createCare(options: CareOptions) {
  const { dataDir, database, objects, keys, spawnHelper, announcer, clock, log } = options;
  const places = createPlaces(database);
  const evicted = createEvicted(database);
  const jobs = new Jobs(log, (progress) => announcer.announce('archive', 'jobProgressed', progress));
  const recordVerify = database.prepare(
    'INSERT OR REPLACE INTO verify_runs (ended_at_ms, problem_count) VALUES (?, ?)',
  );

  async function withHelper<T>(signal: AbortSignal, work: (helper: CareHelper) => Promise<T>): Promise<T> {
    const helper = new CareHelper(spawnHelper, signal);
    try {
      return await work(helper);
    } finally {
      helper.close();
    }
  }

  const service: Pick<Service<typeof archive, Principal>, CareMethods> = {
    startVerify: ({ repair }) => ({
      jobId: jobs.start(
        'verify',
        (signal, report) =>
          withHelper(signal, async (helper) => {
            const { indexObject, importsSettled } = options;
            const base = { dataDir, database, objects, places, helper, clock, signal, report };
            const found = await verify({ ...base, repair, indexObject, importsSettled });
            recordVerify.run(clock.nowMs(), found.findings.length);
            const touched = found.findings.flatMap(({ studyKey }) => (studyKey === null ? [] : [studyKey]));
            options.studiesChanged([...new Set(touched)]);
            return found;
          }),
        (end) => announcer.announce('archive', 'verifyEnded', end),
      ),
    }),

    startBackup: ({ directory }) => ({
      jobId: jobs.start(
        'backup',
        (signal, report) =>
          withHelper(signal, (helper) =>
            backUp({
              directory: path.resolve(directory),
              dataDir,
              database,
              objects,
              keys,
              places,
              helper,
              clock,
              signal,
              report,
            }),
          ),
        (end) => announcer.announce('archive', 'backupEnded', end),
      ),
    }),

    startBringBack: ({ studyKeys }) => ({
      jobId: jobs.start(
        'bring-back',
        (signal, report) =>
          withHelper(signal, async (helper) => {
            const rows = studyKeys.flatMap((studyKey) => places.evictedOfStudy(studyKey));
            const bytes = rows.reduce((sum, row) => sum + row.byte_length, 0);
            const counter = new ProgressCounter(clock, { items: rows.length, bytes }, report);
            const itemDone = (byteCount: number) => counter.done(byteCount);
            let absent = 0;
            for (const studyKey of studyKeys) {
              absent += await bringBack({ objects, places, evicted, helper, signal, itemDone }, studyKey);
            }
            options.studiesChanged(studyKeys);
            return absent;
          }),
        ({ report: absent, ...end }) => announcer.announce('archive', 'bringBackEnded', { ...end, absent }),
      ),
    }),

    cancelJob: ({ jobId }) => {
      jobs.cancel(jobId);
      return null;
    },
    listJobs: () => ({ jobs: jobs.list() }),
  };

  return {
    service,
    evictedBytes: () => evicted.byteCount(),
    /** Whether objects may be removed: not while somebody copies or checks them all. */
    isBusy: () => jobs.isBusy,

    /** Makes room if the settings ask for it and nothing else is going on. */
    evictIfWished(): void {
      const { enabled, maximumBytes } = options.eviction();
      if (!enabled || jobs.isBusy) return;
      jobs.start(
        'evict',
        (signal) =>
          withHelper(signal, async (helper) => {
            const base = { dataDir, database, objects, places, evicted, helper, clock, signal };
            const { studyKeys } = await evict({ ...base, maximumBytes });
            options.studiesChanged(studyKeys);
          }),
        () => {},
      );
    },

    close: () => jobs.cancelAll(),
  };
}
