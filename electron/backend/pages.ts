import { pageContracts } from '#shared/contract/page.ts';
import type { OpenedCamera, PageContracts, PeerKind } from '#shared/contract/page.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import type { Port } from '#shared/rpc/frames.ts';

export type PageClient = Client<PageContracts>;

interface ConnectedPage {
  readonly client: PageClient;
  readonly peers: Set<PeerKind>;
  camera: OpenedCamera | null;
}

/** The pages that are connected now, by what they can do for the backend. */
export class Pages {
  readonly #pages = new Set<ConnectedPage>();
  readonly #listeners = new Set<() => void>();

  /** Asks a new connection what its page can do; one that is no page (a command) never answers. */
  add(port: Port): void {
    const page: ConnectedPage = {
      client: new RpcConnection(pageContracts, port).client,
      peers: new Set(),
      camera: null,
    };
    this.#pages.add(page);
    port.onClose(() => {
      this.#pages.delete(page);
      this.#changed();
    });
    page.client.carrier.on('offered', ({ peer, isOffered }) => {
      if (isOffered) page.peers.add(peer);
      else page.peers.delete(peer);
      this.#changed();
    });
    page.client.cameraHost.on('cameraChanged', ({ camera }) => {
      page.camera = camera;
      this.#changed();
    });
    void this.#ask(page).catch(() => {});
  }

  /** The page that offered last is the one a person has in front of them. */
  carrierOf(peer: PeerKind): PageClient['carrier'] | undefined {
    return [...this.#pages].findLast((page) => page.peers.has(peer))?.client.carrier;
  }

  cameraHost(): { readonly host: PageClient['cameraHost']; readonly camera: OpenedCamera } | undefined {
    const page = [...this.#pages].findLast(({ camera }) => camera !== null);
    return page?.camera ? { host: page.client.cameraHost, camera: page.camera } : undefined;
  }

  /** Called whenever a page or something it can do comes or goes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #ask(page: ConnectedPage): Promise<void> {
    const { peers } = await page.client.carrier.describe({});
    for (const peer of peers) page.peers.add(peer);
    const { camera } = await page.client.cameraHost.describe({});
    page.camera ??= camera;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
