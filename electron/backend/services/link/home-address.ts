import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { BrokerChoice } from '#shared/link/broker-choice.ts';
import { brokerAddress } from './broker-access.ts';
import type { LinkStore } from './store.ts';

type Embedded = Exclude<BrokerChoice, { kind: 'url' }>;

/** How others reach the own broker that listens on a port. */
export function embeddedAddress({ host }: Embedded, port: number): string {
  return `mqtt://${reachable(host)}:${port}`;
}

/** What the embedded broker is to listen on; without brackets. */
export const listeningHost = ({ host }: Embedded): string => host.replace(/^\[(.*)\]$/, '$1');

/** The port that the embedded broker had last time; 0: none yet. */
export const lastPort = (store: LinkStore): number => Number(store.value('broker-port') ?? 0);

/**
 * The address that a card names while no broker runs: the one it will have. Where it has never run, a free port is
 * chosen for it now.
 */
export async function futureAddress(broker: BrokerChoice, store: LinkStore): Promise<string> {
  if (broker.kind === 'url') return brokerAddress(broker.url);
  let port = broker.port === 0 ? lastPort(store) : broker.port;
  if (port === 0) {
    port = await freePort(listeningHost(broker));
    store.setValue('broker-port', String(port));
  }
  return embeddedAddress(broker, port);
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** What others have to dial for a broker that listens on every address of this machine. */
function reachable(host: string): string {
  if (host !== '0.0.0.0' && host !== '[::]') return host;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? hostname();
}
