import { randomUUID } from 'node:crypto';
import type { archive } from '#shared/contract/archive.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { Log } from '#backend/log.ts';
import type { SpawnHelper } from '#backend/processes/helper-process.ts';
import { ImportJob } from './import-job.ts';
import { IngestPool } from './ingest-pool.ts';
import { ObjectStore } from './object-store.ts';
import { createArchiveQueries } from './queries.ts';

export interface ArchiveOptions {
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly spawnHelper: SpawnHelper;
  readonly announcer: Announcer<BackendContracts>;
  readonly clock: Clock;
  readonly log: Log;
}

const INGEST_PROCESSES = 2;

export function createArchive({ dataDir, database, spawnHelper, announcer, clock, log }: ArchiveOptions) {
  const queries = createArchiveQueries(database);
  const objects = new ObjectStore(dataDir);
  const jobs = new Map<string, AbortController>();
  let pool: IngestPool | undefined;

  const service: Service<typeof archive, Principal> = {
    listStudies: ({ offset, limit }) => queries.listStudies(offset, limit),

    describeStudy: ({ studyKey }) => {
      const study = queries.findStudy(studyKey);
      if (!study) throw new RpcError('not-found', 'no such study');
      return { study, series: queries.listSeries(studyKey) };
    },

    startImport: ({ paths, reportEach }) => {
      const jobId = randomUUID();
      const controller = new AbortController();
      jobs.set(jobId, controller);
      pool ??= new IngestPool(spawnHelper, INGEST_PROCESSES);
      const job = new ImportJob(
        { database, queries, objects, pool, clock },
        {
          progressed: (progress) => announcer.announce('archive', 'importProgressed', { jobId, ...progress }),
          stored: (sop, sha256) => {
            if (reportEach) announcer.announce('archive', 'instanceStored', { jobId, sop, sha256 });
          },
          studyChanged: (studyKey) => announcer.announce('archive', 'studyChanged', { studyKey }),
        },
        controller.signal,
      );
      void job
        .run(paths)
        .then((totals) => {
          const wasCancelled = controller.signal.aborted;
          announcer.announce('archive', 'importEnded', { jobId, totals, wasCancelled });
        })
        .catch((error: unknown) => log.error({ err: error, jobId }, 'import failed'))
        .finally(() => jobs.delete(jobId));
      return { jobId };
    },

    cancelImport: ({ jobId }) => {
      jobs.get(jobId)?.abort();
      return null;
    },
  };

  return {
    service,
    queries,
    objects,
    close: () => {
      for (const controller of jobs.values()) controller.abort();
      pool?.close();
    },
  };
}
