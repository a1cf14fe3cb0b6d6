import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { backendContracts } from '#shared/contract/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { TrialWorkstation } from '#shared/contract/launch.ts';
import type { SpecimenChoice } from '#shared/contract/specimen.ts';
import type { workstation } from '#shared/contract/workstation.ts';
import { workstationPrincipal } from '#shared/domain/principal.ts';
import type { Principal } from '#shared/domain/principal.ts';
import { defaultBroker } from '#shared/link/broker-choice.ts';
import type { BrokerChoice } from '#shared/link/broker-choice.ts';
import { Problem } from '#shared/domain/problem.ts';
import type { Announcer, Service } from '#shared/rpc/contract.ts';
import type { Port } from '#shared/rpc/frames.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { RpcServer } from '#shared/rpc/serve.ts';
import { systemClock } from './clock.ts';
import { introduceEachOther, tryMicroscope } from './try-microscope.ts';
import { lockDataFolder } from './database/lock.ts';
import type { DataFolderLock } from './database/lock.ts';
import { openDatabase, sqliteVersion } from './database/open.ts';
import { storageProblem } from './database/storage-problem.ts';
import { createDicomweb } from './dicomweb/index.ts';
import { createThumbnailCache } from './dicomweb/thumbnail-cache.ts';
import { plainKeyProvider } from './keys.ts';
import { createLog } from './log.ts';
import { Pages } from './pages.ts';
import { CodecPool } from './processes/codec-pool.ts';
import type { SpawnHelper } from './processes/helper-process.ts';
import { startSimulatedStage } from './processes/simulated-stage.ts';
import { slideIdentity } from './processes/slide-image.ts';
import { writeSlideImage } from './processes/write-slide-image.ts';
import { createArchive } from './services/archive/index.ts';
import { createMicroscope } from './services/microscope/index.ts';
import { createContactsOnly } from './services/link/contacts-only.ts';
import type { ContactsOnly } from './services/link/contacts-only.ts';
import { createLink } from './services/link/index.ts';
import type { Link } from './services/link/index.ts';
import { createBulkStore } from './services/link/bulk-store.ts';
import { BulkTransfers } from './services/link/bulk-transfers.ts';
import { createSettings } from './services/settings/index.ts';
import { createViewing } from './services/viewing/index.ts';
import type { FetchHandler } from './transport/fetch-handler.ts';
import { LocalEndpoint, readEndpoint } from './transport/local-endpoint.ts';

/** The page decodes what it shows; these serve other clients and thumbnails. */
const CODEC_PROCESSES = 2;

/** Another process owns the data folder. */
export class DataFolderInUse extends Problem {
  readonly holderPid: number | undefined;

  constructor(dataDir: string) {
    super('data-folder-in-use', 'another Enkaku holds the lock');
    this.name = 'DataFolderInUse';
    this.holderPid = readEndpoint(dataDir)?.pid;
  }
}

export type Backend = ReturnType<typeof compose>;

/** What whoever started the backend does for it. */
export interface Surroundings {
  readonly showWindow: Service<typeof workstation, Principal>['showWindow'];
  /** Starts a second workstation beside this one, for one person to try both ends of the link. */
  readonly startTrial: () => Promise<TrialWorkstation>;
  /** Keeps the page without a face open that carries files, or lets it go. */
  readonly wantBulkPage: (isWanted: boolean) => void;
}

/** A command, or a test: no window and nobody to ask for one. */
const alone: Surroundings = {
  showWindow: () => ({ isShown: false }),
  startTrial: () =>
    Promise.reject(new RpcError('unavailable', 'nothing here can start a second workstation')),
  wantBulkPage: () => {},
};

/**
 * Takes the data folder's lock and builds every service.
 *
 * @throws DataFolderInUse, or another Problem if the folder or the database cannot be used
 */
export function composeBackend(
  dataDir: string,
  spawnHelper: SpawnHelper,
  surroundings: Partial<Surroundings> = {},
): Backend {
  let lock: DataFolderLock | undefined;
  try {
    lock = lockDataFolder(dataDir);
    if (!lock) throw new DataFolderInUse(dataDir);
    return compose(dataDir, spawnHelper, lock, { ...alone, ...surroundings });
  } catch (error) {
    lock?.release();
    throw storageProblem(error) ?? error;
  }
}

/** By hand, in order. */
function compose(
  dataDir: string,
  spawnHelper: SpawnHelper,
  lock: DataFolderLock,
  { showWindow, startTrial, wantBulkPage }: Surroundings,
) {
  const log = createLog(dataDir);
  const database = openDatabase(dataDir, plainKeyProvider);

  const announcer: Announcer<BackendContracts> = {
    announce: (service, eventName, payload) => server.announce(service, eventName, payload),
  };
  const settings = createSettings({
    database,
    announcer,
    clock: systemClock,
    log,
    examine: ({ simulatedSpecimen: chosen }) => {
      if (chosen !== undefined) microscope.examineSpecimen(chosen);
    },
  });
  const archive = createArchive({
    dataDir,
    database,
    keys: plainKeyProvider,
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
  const pages = new Pages();
  const bulkStore = createBulkStore({
    folder: path.join(dataDir, 'link', 'bulk'),
    log,
    onArrived: (transferId, file) => microscope.fileArrived(transferId, file),
  });
  /** Opened and ended with each session of the link. */
  const bulk = new BulkTransfers({
    store: bulkStore,
    carrier: () => pages.carrierOf('bulk'),
    onCarrierChange: (listener) => pages.onChange(listener),
    wantPage: wantBulkPage,
    log,
  });
  const microscope = createMicroscope({
    dataDir,
    database,
    announcer,
    clock: systemClock,
    log,
    pages,
    startDeviceHost: () => spawnHelper('device-host'),
    chosenSpecimen: () => settings.current('simulatedSpecimen'),
    startSimulatedStage: () =>
      startSimulatedStage({
        spawnHelper,
        logPath: path.join(dataDir, 'simulated-stage.log'),
        onEnd: (exit) => log.warn(exit, 'the simulated stage ended'),
      }).socketPath,
    archiveStill: async (facts, losslessPath, patient) => {
      const targetPath = archive.web.newUploadPath();
      try {
        await writeSlideImage({ facts, patient, losslessPath, targetPath });
        const outcome = await archive.web.store(targetPath);
        if (outcome.kind === 'out-of-resources') throw new Problem('disk-full', 'no room for a still');
        if (outcome.kind === 'refused') throw new RpcError('internal', `${outcome.code}: ${outcome.detail}`);
        return slideIdentity(facts, patient);
      } finally {
        await rm(targetPath, { force: true });
      }
    },
    link: {
      sendOn: (channel, sealed) => link?.sendOn(channel, sealed),
      say: (talk) => link?.say(talk),
      sendFile: (file) => bulk.send(file),
      yieldFiles: () => bulk.yieldToSteering(),
      renew: () => link?.renew(),
    },
  });
  let link: Link | undefined;
  let starting: Promise<Link> | undefined;
  let contacts: Promise<ContactsOnly> | undefined;
  let isLinkOpen = false;
  const startLink = (broker: BrokerChoice) =>
    createLink({
      dataDir,
      database,
      keys: plainKeyProvider,
      announcer,
      clock: systemClock,
      log,
      pages,
      broker,
      startBroker: () => spawnHelper('broker'),
      ice: () => settings.current('ice'),
      onLiveUp: microscope.linkUp,
      onLiveDown: microscope.linkLost,
      onSealed: microscope.received,
      onTalk: microscope.heard,
      onSession: (isOpen) => {
        if (isOpen === isLinkOpen) return;
        isLinkOpen = isOpen;
        if (isOpen) bulk.open();
        else bulk.end();
      },
    });
  const server = new RpcServer<BackendContracts, Principal>({
    contracts: backendContracts,
    services: {
      archive: archive.service,
      link: linkService(async () => (await starting)?.service ?? (await contacts)),
      microscope: microscope.service,
      settings: settings.service,
      viewing: viewing.service,
      workstation: {
        describe: () => ({
          dataDir,
          nodeVersion: process.versions.node,
          sqliteVersion: sqliteVersion(database),
        }),
        showWindow,
        tryMicroscope: () =>
          tryMicroscope(startTrial, async (hospital) => {
            await introduceEachOther((await starting)?.service, hospital, workstationPrincipal);
          }),
      },
    },
    reportInternalError: (name, error) => {
      const reference = randomUUID();
      log.error({ err: error, call: name, reference }, 'call failed');
      return reference;
    },
    problemOf: (error) => storageProblem(error)?.code,
  });
  const attach = (port: Port) => {
    server.attach(port, workstationPrincipal);
    pages.add(port);
  };
  const codec = new CodecPool(spawnHelper, CODEC_PROCESSES);
  const dicomweb = createDicomweb({
    archive: archive.web,
    codec,
    thumbnails: createThumbnailCache(dataDir, {
      seal: (plain) => plainKeyProvider.seal(plain, 0),
      open: (stored) => plainKeyProvider.open(stored, 0),
    }),
    log,
  });

  /** Answers everything below `/dicomweb/`, `/import/`, `/microscope/` and `/link/`. */
  const bytes: FetchHandler = (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/import/')) return archive.upload(request);
    if (pathname.startsWith('/link/')) return bulkStore.handle(request);
    return pathname.startsWith('/microscope/') ? microscope.pictures(request) : dicomweb(request);
  };
  const endpoint = new LocalEndpoint({
    dataDir,
    bytes,
    onConnection: attach,
    log,
  });

  return {
    /** Serves a page or a command on a connection, and lets the backend call the page back. */
    attach,
    bytes,
    /** For programs of the same user; listens once `listen` is called. */
    endpoint,
    log,
    /** Begins what a workstation does and a command does not: the microscope and the link. */
    start: async (
      broker: BrokerChoice = defaultBroker,
      /** What was named at the start counts as chosen in the settings. */
      simulatedSpecimen?: SpecimenChoice,
    ): Promise<void> => {
      if (simulatedSpecimen) {
        const context = { signal: new AbortController().signal, caller: workstationPrincipal };
        await settings.service.change({ simulatedSpecimen }, context);
      }
      microscope.start();
      starting = startLink(broker);
      link = await starting;
    },
    /** Begins what a command needs that looks after contacts while the workstation is off. */
    openContacts: async (broker: BrokerChoice): Promise<void> => {
      contacts = createContactsOnly({
        dataDir,
        database,
        keys: plainKeyProvider,
        clock: systemClock,
        broker,
      });
      await contacts;
    },
    close: async () => {
      await endpoint.close();
      await (await starting?.catch(() => undefined))?.close();
      bulk.close();
      microscope.close();
      bulkStore.close();
      codec.close();
      await archive.close();
      database.close();
      lock.release();
    },
  };
}

type Method = (input: unknown, context: unknown) => unknown;

/** Calls wait until the link has been started; a command that looks after the archive never starts it. */
function linkService(
  started: () => Promise<Partial<Service<BackendContracts['link'], Principal>> | undefined>,
): Service<BackendContracts['link'], Principal> {
  const methods = Object.entries(backendContracts.link).filter(([, { kind }]) => kind === 'method');
  const routed = methods.map(([name]) => [
    name,
    async (input: unknown, context: unknown) => {
      const service = (await started()) as Readonly<Record<string, Method>> | undefined;
      const method = service?.[name];
      if (!method) throw new RpcError('unavailable', 'this workstation has no link');
      return method(input, context);
    },
  ]);
  return Object.fromEntries(routed) as Service<BackendContracts['link'], Principal>;
}
