import type { PeerKind } from '#shared/contract/page.ts';
import { pageServer } from '#renderer/backend/page-services.ts';
import { BulkLink } from './bulk-link.ts';
import type { CarrierService, LinkTold } from './carried-peer.ts';
import { LiveLink } from './live-link.ts';

/** A connection to this page's backend, as far as a carrying page needs it. */
export interface CarryingConnection {
  readonly client: { readonly link: LinkTold };
  readonly state: { readonly kind: string };
  subscribe(listener: () => void): () => void;
}

export interface CarriedLive {
  readonly live: LiveLink;
  /** No more live connections through this page. */
  stop(): void;
}

/** Offers this page to the backend as the one that carries the live connection, until `stop`. */
export function carryLive(connection: CarryingConnection): CarriedLive {
  const live = new LiveLink(connection.client.link);
  return { live, stop: offer('live', live, connection) };
}

/** Offers this page as the one that carries files, for as long as it is open. */
export function carryBulk(connection: CarryingConnection): void {
  offer('bulk', new BulkLink(connection.client.link), connection);
}

/**
 * A page whose backend is gone ends its connections: nobody opens or seals what goes over them, and the
 * next backend knows nothing of them.
 */
function offer(
  peer: PeerKind,
  carried: { readonly carrier: CarrierService; close(): void },
  connection: CarryingConnection,
): () => void {
  const withdraw = pageServer.provide('carrier', carried.carrier);
  pageServer.announce('carrier', 'offered', { peer, isOffered: true });
  const unsubscribe = connection.subscribe(() => {
    if (connection.state.kind === 'lost') carried.close();
  });
  return () => {
    unsubscribe();
    withdraw();
    pageServer.announce('carrier', 'offered', { peer, isOffered: false });
    carried.close();
  };
}
