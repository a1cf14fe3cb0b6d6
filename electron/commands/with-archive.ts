import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { backendContracts } from '#shared/contract/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import { Problem } from '#shared/domain/problem.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import type { Backend } from '#backend/compose.ts';
import { connectToEndpoint } from '#backend/transport/local-client.ts';
import { readEndpoint } from '#backend/transport/local-endpoint.ts';

export interface OpenedArchive {
  readonly client: Client<BackendContracts>;
  /** Rejects with a Problem when the workstation that does the work goes away. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

/** What the tool needs begun beyond the archive where it owns the folder; a holder has begun it long ago. */
type Begin = (backend: Backend) => Promise<void>;

/** A workstation that is just starting or ending holds the lock before or after it listens. */
const HOLDER_ATTEMPTS = 40;
const ATTEMPT_INTERVAL_MS = 250;

/**
 * Opens the archive of a data folder: as its only owner, or through the workstation that holds it.
 *
 * @throws Problem
 */
export async function openArchive(dataDir: string, begin?: Begin): Promise<OpenedArchive> {
  const folder = path.resolve(dataDir);
  for (let attempt = 1; ; attempt++) {
    const opened =
      (await throughHolder(folder)) ?? (await asOwner(folder, attempt === HOLDER_ATTEMPTS, begin));
    if (opened) return opened;
    await wait(ATTEMPT_INTERVAL_MS);
  }
}

async function throughHolder(dataDir: string): Promise<OpenedArchive | undefined> {
  const endpoint = readEndpoint(dataDir);
  const port = endpoint && (await connectToEndpoint(endpoint).catch(() => undefined));
  if (!port) return undefined;
  const connection = new RpcConnection(backendContracts, port);
  const lost = new Promise<never>((_, reject) => {
    port.onClose(() => reject(new Problem('workstation-ended', 'the connection to the holder closed')));
  });
  // Only whoever waits for it is told.
  lost.catch(() => {});
  await connection.checkFingerprint();
  return {
    client: connection.client,
    lost,
    close: async () => port.close(),
  };
}

/** Undefined if somebody else holds the lock and may soon answer. */
async function asOwner(
  dataDir: string,
  isLastAttempt: boolean,
  begin?: Begin,
): Promise<OpenedArchive | undefined> {
  // Loaded only here: whoever hands its work over needs neither SQLite nor helpers.
  const [{ composeBackend, DataFolderInUse }, { forkHelper }] = await Promise.all([
    import('#backend/compose.ts'),
    import('#backend/processes/helper-process.ts'),
  ]);
  let backend: ReturnType<typeof composeBackend>;
  try {
    backend = composeBackend(dataDir, forkHelper);
  } catch (error) {
    if (error instanceof DataFolderInUse && !isLastAttempt) return undefined;
    throw error;
  }
  try {
    // Other tools may hand their work over meanwhile.
    await backend.endpoint.listen();
    await begin?.(backend);
  } catch (error) {
    await backend.close();
    throw error;
  }
  const [ours, theirs] = createMemoryPortPair();
  backend.attach(theirs);
  return {
    client: new RpcConnection(backendContracts, ours).client,
    lost: new Promise<never>(() => {}),
    close: async () => {
      await backend.endpoint.idle();
      await backend.close();
    },
  };
}
