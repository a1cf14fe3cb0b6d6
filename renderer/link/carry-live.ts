import { pageServer } from '#renderer/backend/page-services.ts';
import { LiveLink, liveCarrier } from './live-link.ts';
import type { LinkTold } from './live-link.ts';

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

/**
 * Offers this page to the backend as the one that carries the live connection, until `stop`. A page
 * whose backend is gone ends its connections: nobody opens or seals what goes over them.
 */
export function carryLive(connection: CarryingConnection): CarriedLive {
  const live = new LiveLink(connection.client.link);
  const withdraw = pageServer.provide('carrier', liveCarrier(live));
  pageServer.announce('carrier', 'offered', { peer: 'live', isOffered: true });
  const unsubscribe = connection.subscribe(() => {
    if (connection.state.kind === 'lost') live.close();
  });
  return {
    live,
    stop: () => {
      unsubscribe();
      withdraw();
      pageServer.announce('carrier', 'offered', { peer: 'live', isOffered: false });
      live.close();
    },
  };
}
