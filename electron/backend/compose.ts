import { randomUUID } from 'node:crypto';
import { backendContracts } from '#shared/contract/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { Principal } from '#shared/domain/principal.ts';
import type { Announcer } from '#shared/rpc/contract.ts';
import { RpcServer } from '#shared/rpc/serve.ts';
import { systemClock } from './clock.ts';
import { lockDataFolder } from './database/lock.ts';
import { openDatabase } from './database/open.ts';
import { createDicomweb } from './dicomweb/index.ts';
import { plainKeyProvider } from './keys.ts';
import { createLog } from './log.ts';
import type { SpawnHelper } from './processes/helper-process.ts';
import { createArchive } from './services/archive/index.ts';
import { createSettings } from './services/settings/index.ts';
import { createViewing } from './services/viewing/index.ts';

/** Another process owns the data folder. */
export class DataFolderInUse extends Error {
  constructor() {
    super('another Enkaku uses this data folder');
    this.name = 'DataFolderInUse';
  }
}

/** Builds every service once, in order. */
export function composeBackend(dataDir: string, spawnHelper: SpawnHelper) {
  const lock = lockDataFolder(dataDir);
  if (!lock) throw new DataFolderInUse();
  const log = createLog(dataDir);
  const database = openDatabase(dataDir, plainKeyProvider);

  const announcer: Announcer<BackendContracts> = {
    announce: (service, eventName, payload) => server.announce(service, eventName, payload),
  };
  const settings = createSettings({ database, announcer, clock: systemClock, log });
  const archive = createArchive({
    dataDir,
    database,
    spawnHelper,
    announcer,
    clock: systemClock,
    log,
    importDefaults: () => settings.current('importDefaults'),
    eviction: () => settings.current('eviction'),
  });
  const viewing = createViewing({
    database,
    announcer,
    clock: systemClock,
    identifyStudy: (studyKey) => {
      const study = archive.findStudy(studyKey);
      return study && { studyUid: study.studyUid, issuer: study.patient.issuer, patientId: study.patient.id };
    },
    studyOfInstance: (sopUid) => archive.queries.studyOfInstance(sopUid),
  });
  const server = new RpcServer<BackendContracts, Principal>({
    contracts: backendContracts,
    services: { archive: archive.service, settings: settings.service, viewing: viewing.service },
    reportInternalError: (name, error) => {
      const reference = randomUUID();
      log.error({ err: error, call: name, reference }, 'call failed');
      return reference;
    },
  });
  const dicomweb = createDicomweb({
    ...archive.queries,
    readObject: (sha256, offset, byteLength) => archive.objects.read(sha256, offset, byteLength),
  });

  return {
    server,
    /** Answers everything below `/dicomweb/` and `/import/`. */
    bytes: (request: Request) =>
      new URL(request.url).pathname.startsWith('/import/') ? archive.upload(request) : dicomweb(request),
    log,
    close: () => {
      archive.close();
      database.close();
      lock.release();
    },
  };
}
