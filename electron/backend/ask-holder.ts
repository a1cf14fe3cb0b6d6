import { backendContracts } from '#shared/contract/index.ts';
import type { StartFailure } from '#shared/contract/launch.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { connectToEndpoint } from './transport/local-client.ts';
import { readEndpoint } from './transport/local-endpoint.ts';

/** Asks the workstation that holds the data folder to show its window, and adds what came of it. */
export async function askHolderForWindow(dataDir: string, failure: StartFailure): Promise<StartFailure> {
  try {
    const endpoint = readEndpoint(dataDir);
    if (!endpoint) return failure;
    const port = await connectToEndpoint(endpoint);
    try {
      const { client } = new RpcConnection(backendContracts, port);
      const { isShown, url } = await client.workstation.showWindow(null);
      return { ...failure, isShownElsewhere: isShown, ...(url !== undefined && { windowUrl: url }) };
    } finally {
      port.close();
    }
  } catch {
    // It is ending, or of another build: its number has to do.
    return failure;
  }
}
