import { plainKeyProvider } from '#backend/keys.ts';
import { openDatabase } from '#backend/database/open.ts';
import { createViewing } from '#backend/services/viewing/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import { viewing } from '#shared/contract/viewing.ts';
import type { SopUid, StudyKey } from '#shared/domain/identifiers.ts';
import { workstationPrincipal } from '#shared/domain/principal.ts';
import type { Principal } from '#shared/domain/principal.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Announcer } from '#shared/rpc/contract.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import { RpcServer } from '#shared/rpc/serve.ts';

const contracts = { viewing } as const;

export interface KnownStudies {
  /** What a study key stands for, and which study an image is in: rows of the archive. */
  readonly studies: Map<StudyKey, { studyUid: string; issuer: string; patientId: string }>;
  readonly instances: Map<SopUid, StudyKey>;
  nowMs(): number;
}

/** The viewing service on a real database, behind real calls. */
export function startViewing(dataDir: string, known: KnownStudies) {
  const database = openDatabase(dataDir, plainKeyProvider);
  const announcer: Announcer<BackendContracts> = {
    announce: (_, eventName, payload) =>
      server.announce('viewing', eventName as 'annotationsChanged', payload as never),
  };
  const { service } = createViewing({
    database,
    announcer,
    clock: { nowMs: () => known.nowMs(), monotonicMs: () => known.nowMs() },
    identifyStudy: (key) => known.studies.get(key),
    studyOfInstance: (sop) => known.instances.get(sop),
  });
  const server = new RpcServer<typeof contracts, Principal>({
    contracts,
    services: { viewing: service },
    reportInternalError: (name, error) => {
      throw new Error(name, { cause: error });
    },
  });
  return {
    database,
    connect: (principal: Partial<Principal> = {}) => {
      const [near, far] = createMemoryPortPair();
      server.attach(far, { ...workstationPrincipal, ...principal });
      return { client: new RpcConnection(contracts, near).client.viewing, disconnect: () => near.close() };
    },
  };
}
