import { backendContracts } from '#shared/contract/index.ts';
import type { TrialWorkstation } from '#shared/contract/launch.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import { connectToEndpoint } from './transport/local-client.ts';
import { readEndpoint } from './transport/local-endpoint.ts';

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
