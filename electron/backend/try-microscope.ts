import { backendContracts } from '#shared/contract/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import type { TrialWorkstation } from '#shared/contract/launch.ts';
import type { Principal } from '#shared/domain/principal.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import type { Service } from '#shared/rpc/contract.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { connectToEndpoint } from './transport/local-client.ts';
import { readEndpoint } from './transport/local-endpoint.ts';

const TRIAL_NAME = '試用の病院 (trial hospital)';

export type BackendClient = Client<typeof backendContracts>;

/** Starts the hospital of a trial, gives it the simulated microscope and lets `pair` make the two contacts. */
export async function tryMicroscope(
  startTrial: () => Promise<TrialWorkstation>,
  pair: (hospital: BackendClient) => Promise<void>,
): Promise<{ isShown: boolean; url: string }> {
  const { dataDir, url, isShown } = await startTrial();
  const endpoint = readEndpoint(dataDir);
  if (!endpoint) throw new RpcError('unavailable', 'the second workstation has ended again');
  const port = await connectToEndpoint(endpoint);
  try {
    const { client } = new RpcConnection(backendContracts, port);
    const { configuration } = await client.microscope.getState({});
    if (!configuration) await client.microscope.configure({ configuration: simulatedMicroscope });
    await pair(client);
  } finally {
    port.close();
  }
  return { isShown, url };
}

/** Makes the two workstations of a trial each other's contacts, as administrators do with cards carried by hand. */
export async function introduceEachOther(
  own: Service<BackendContracts['link'], Principal> | undefined,
  hospital: BackendClient,
  caller: Principal,
): Promise<void> {
  if (!own) throw new RpcError('unavailable', 'this workstation has no link');
  const context = { signal: new AbortController().signal, caller };
  const { deviceId } = await hospital.link.getState({});
  await hospital.link.rename({ name: TRIAL_NAME });
  const { contacts } = await own.getState({}, context);
  if (contacts.some((contact) => contact.deviceId === deviceId && contact.revokedAtMs === null)) return;
  await own.addCard(await hospital.link.showCard({}), context);
  await hospital.link.addCard(await own.showCard({}, context));
}
