import type { archive } from '#shared/contract/archive.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Clock } from '#backend/clock.ts';
import type { ArchiveDatabase } from '#backend/database/open.ts';
import type { KeyProvider } from '#backend/keys.ts';
import type { Log } from '#backend/log.ts';
import type { SpawnHelper } from '#backend/processes/helper-process.ts';
import { createBin } from './bin.ts';
import { createCare } from './care/index.ts';
import { CommitQueue } from './commit-queue.ts';
import { createConflicts } from './conflicts.ts';
import { createDicomwebQueries } from './dicomweb-queries.ts';
import { Imports } from './imports.ts';
import { IngestPool, notStoredProblem } from './ingest-pool.ts';
import { ObjectStore } from './object-store.ts';
import { createPatients } from './patients.ts';
import { createArchiveQueries } from './queries.ts';
import { createRegistration } from './registration.ts';
import type { ImportDefaults } from './registration.ts';
import { Search } from './search.ts';
import { createStorage } from './storage.ts';
import type { EvictionSettings } from './storage.ts';
import { createStudies } from './studies.ts';
import { createUploadHandler } from './uploads.ts';
import { createWebStore } from './web-store.ts';

export interface ArchiveOptions {
  readonly dataDir: string;
  readonly database: ArchiveDatabase;
  readonly keys: KeyProvider;
  readonly spawnHelper: SpawnHelper;
  readonly announcer: Announcer<BackendContracts>;
  readonly clock: Clock;
  readonly log: Log;
  readonly importDefaults: () => ImportDefaults;
  readonly eviction: () => EvictionSettings;
}

const INGEST_PROCESSES = 2;
const MAKE_ROOM_INTERVAL_MS = 60 * 60 * 1000;

export function createArchive(options: ArchiveOptions) {
  const { dataDir, database, keys, spawnHelper, announcer, clock, log } = options;
  const queries = createArchiveQueries(database);
  const objects = new ObjectStore(dataDir, keys);
  const studies = createStudies(database);
  const patients = createPatients(database);
  const conflicts = createConflicts(database);
  const bin = createBin(database);
  const search = new Search(database);
  const commits = new CommitQueue({
    database,
    objects,
    registration: createRegistration(database),
    clock,
    importDefaults: options.importDefaults,
    committed: (studyKeys) => announceChanged(studyKeys),
  });
  let pool: IngestPool | undefined;
  const importDependencies = () => ({ commits, objects, pool: ingestPool(), clock });
  const imports = new Imports({
    dependencies: importDependencies,
    announcer,
    nowMs: () => clock.nowMs(),
    log,
  });

  const care = createCare({
    dataDir,
    database,
    objects,
    keys,
    spawnHelper,
    announcer,
    clock,
    log,
    eviction: options.eviction,
    importsSettled: () => commits.settled(),
    indexObject,
    studiesChanged: (studyKeys) => announceChanged(studyKeys),
  });
  const storage = createStorage(database, dataDir, care.evictedBytes);

  /** Takes an object that no row names into the archive, as if its file were imported. */
  async function indexObject(sha256: string) {
    const file = await objects.unsealed(sha256);
    const stagingPath = objects.newStagingPath();
    try {
      const reply = await ingestPool().ingest({ sourcePath: file, stagingPath });
      if (!reply.ok && reply.code === 'not-stored') throw notStoredProblem(reply);
      if (!reply.ok) return 'not-possible';
      const { outcome, archivedSha256 } = await commits.commit(reply.file, stagingPath);
      if (outcome === 'conflict') return 'kept-aside';
      return archivedSha256 === sha256 ? 'indexed' : 'superfluous';
    } finally {
      objects.discard(file);
    }
  }

  function ingestPool(): IngestPool {
    pool ??= new IngestPool(spawnHelper, INGEST_PROCESSES);
    return pool;
  }

  function announceChanged(studyKeys: Iterable<StudyKey>): void {
    search.refresh(studyKeys);
    for (const studyKey of studyKeys) announcer.announce('archive', 'studyChanged', { studyKey });
  }

  function find(studyKey: StudyKey) {
    const study = studies.find(studyKey);
    if (!study) throw new RpcError('not-found', 'no such study');
    return study;
  }

  /** What has been in the bin long enough goes, and what may be evicted. Nobody waits for it: the next hour is as good. */
  function makeRoom(): void {
    if (care.isBusy()) return;
    try {
      bin.purge(clock.nowMs());
      bin.removeObjects((sha256) => objects.remove(sha256));
      care.evictIfWished();
    } catch (error) {
      log.warn({ err: error }, 'making room failed');
    }
  }

  const service: Service<typeof archive, Principal> = {
    listStudies: async ({ sort, offset, limit, ...filter }) => {
      const { total, studyKeys } = await search.find(filter, sort, offset, limit);
      return { total, studies: studies.findAll(studyKeys) };
    },
    countStudies: (filter) => search.count(filter),
    describeStudy: ({ studyKey }) => {
      const study = find(studyKey);
      const { patientKey } = study.patient;
      return {
        study,
        series: studies.listSeries(studyKey),
        priors: studies.listPriors(study, patients.confirmedSame(patientKey)),
        otherDemographics: studies.listOtherDemographics(patientKey),
        places: studies.listPlaces(studyKey),
      };
    },
    markOpened: ({ studyKey }) => {
      studies.setOpened([studyKey], clock.nowMs());
      announceChanged([studyKey]);
      return null;
    },
    markUnread: ({ studyKeys }) => {
      studies.setOpened(studyKeys, 0);
      announceChanged(studyKeys);
      return null;
    },
    setPinned: ({ studyKeys, isPinned }) => {
      studies.setPinned(studyKeys, isPinned);
      announceChanged(studyKeys);
      return null;
    },

    deleteStudies: ({ studyKeys, reason }, { caller }) => {
      bin.put(studyKeys, reason, caller, clock.nowMs());
      search.refresh(studyKeys);
      announcer.announce('archive', 'studiesRemoved', { studyKeys });
      return null;
    },
    listBin: () => ({
      entries: bin.list().flatMap(({ studyKey, ...entry }) => {
        const study = studies.findInBin(studyKey);
        return study ? [{ study, ...entry }] : [];
      }),
    }),
    restoreStudies: ({ studyKeys }) => {
      bin.takeOut(studyKeys);
      announceChanged(studyKeys);
      return null;
    },

    listConflicts: ({ studyKey }) => ({ conflicts: conflicts.list(studyKey) }),
    listSamePatientCandidates: ({ studyKey }) => ({
      candidates: patients.listCandidates(find(studyKey).patient.patientKey),
    }),
    confirmSamePatient: ({ patientKeys }, { caller }) => {
      patients.decide(patientKeys, true, caller, clock.nowMs());
      return null;
    },
    separatePatients: ({ patientKeys }, { caller }) => {
      patients.decide(patientKeys, false, caller, clock.nowMs());
      return null;
    },

    startImport: ({ paths, reportEach }) => ({ jobId: imports.start(paths, reportEach) }),
    openUpload: ({ label }) => ({ jobId: imports.openUpload(label) }),
    closeUpload: ({ jobId }) => {
      imports.closeUpload(jobId);
      return null;
    },
    loadSampleStudy: ({ language }) => ({ jobId: imports.startSample(language) }),
    cancelImport: ({ jobId }) => {
      imports.cancel(jobId);
      return null;
    },
    listImports: () => ({ imports: imports.list() }),

    storageSummary: () => storage.summary(options.eviction()),
    ...care.service,
  };

  makeRoom();
  const makingRoom = setInterval(makeRoom, MAKE_ROOM_INTERVAL_MS);
  makingRoom.unref();

  return {
    service,
    queries,
    /** What the byte interface asks for. */
    web: {
      ...createDicomwebQueries(database),
      readObject: (sha256: string, offset: number, byteLength: number) =>
        objects.read(sha256, offset, byteLength),
      newUploadPath: () => objects.newStagingPath(),
      store: createWebStore(importDependencies),
    },
    findStudy: (studyKey: StudyKey) => studies.find(studyKey),
    upload: createUploadHandler(imports, objects),
    close: async () => {
      clearInterval(makingRoom);
      await Promise.all([imports.cancelAll(), care.close()]);
      await commits.settled();
      pool?.close();
    },
  };
}
