import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { backendContracts } from '#shared/contract/index.ts';
import { pageContracts, peerKinds } from '#shared/contract/page.ts';
import type { PeerKind } from '#shared/contract/page.ts';
import type { BrokerChoice } from '#shared/link/broker-choice.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import { RpcServer } from '#shared/rpc/serve.ts';
import { composeBackend } from '#backend/compose.ts';
import type { Backend } from '#backend/compose.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';

export interface PageOrder {
  readonly order: 'open' | 'signal' | 'close';
  readonly peer: PeerKind;
  readonly epoch: number;
  readonly signal?: string;
  readonly isInitiator?: boolean;
}

export interface Site {
  readonly backend: Backend;
  readonly client: RpcConnection<typeof backendContracts>['client'];
  /** What its page was told to do. */
  readonly orders: PageOrder[];
  /** Called with each order as it comes. */
  onOrder: (order: PageOrder) => void;
}

/** The real backend of a workstation with its real broker, and a page that writes down what it is told. */
export async function openSite(folder: string, name: string, broker?: BrokerChoice): Promise<Site> {
  const dataDir = path.join(folder, name);
  mkdirSync(dataDir, { recursive: true });
  const backend = composeBackend(dataDir, forkHelper);
  await backend.start(broker);
  const [page, end] = createMemoryPortPair();
  const unused = () => {
    throw new Error('not asked');
  };
  const take = (order: PageOrder) => {
    site.orders.push(order);
    site.onOrder(order);
    return null;
  };
  new RpcServer({
    contracts: pageContracts,
    services: {
      carrier: {
        describe: () => ({ peers: [...peerKinds] }),
        openPeer: ({ peer, epoch, isInitiator }) => take({ order: 'open', peer, epoch, isInitiator }),
        signal: ({ peer, epoch, signal }) => take({ order: 'signal', peer, epoch, signal }),
        closePeer: ({ peer, epoch }) => take({ order: 'close', peer, epoch }),
        send: () => null,
        sendBulk: unused,
        cancelBulk: unused,
        yieldBulk: unused,
      },
      cameraHost: { describe: () => ({ camera: null }), takeStill: unused, measureFocus: unused },
    },
    reportInternalError: () => 'reference',
  }).attach(page, 'backend');
  backend.attach(end);
  const { client } = new RpcConnection(backendContracts, page);
  await client.link.rename({ name });
  const site: Site = { backend, client, orders: [], onOrder: () => {} };
  return site;
}

export const linkStateOf = (site: Site) => site.client.link.getState({});

/** As two administrators do with cards carried by hand. */
export async function introduce(one: Site, other: Site): Promise<void> {
  await one.client.link.addCard(await other.client.link.showCard({}));
  await other.client.link.addCard(await one.client.link.showCard({}));
}

/** An offer or answer as far as anybody looks into it; the certificate's hash in hex. */
export function description(type: 'offer' | 'answer', certificateSha256: string): string {
  const value = certificateSha256.toUpperCase().match(/../g)?.join(':') ?? '';
  return JSON.stringify({ type, sdp: `v=0\r\na=fingerprint:sha-256 ${value}\r\n` });
}
