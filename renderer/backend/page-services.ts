import { pageContracts } from '#shared/contract/page.ts';
import type { PageContracts } from '#shared/contract/page.ts';
import type { EventName, PayloadOf, Service, Services } from '#shared/rpc/contract.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Port } from '#shared/rpc/frames.ts';
import { RpcServer } from '#shared/rpc/serve.ts';

/** The backend of this workstation: the only caller a page has. */
type Caller = 'backend';
type ServiceName = keyof PageContracts;
type Provided = { -readonly [S in ServiceName]: Service<PageContracts[S], Caller> };

const absent: Services<PageContracts, Caller> = {
  carrier: {
    describe: () => ({ peers: [] }),
    openPeer: refuse,
    signal: refuse,
    closePeer: refuse,
    send: refuse,
    sendBulk: refuse,
    cancelBulk: refuse,
    yieldBulk: refuse,
  },
  cameraHost: { describe: () => ({ camera: null }), takeStill: refuse, measureFocus: refuse },
};

function refuse(): never {
  throw new RpcError('unavailable', 'this page does not do that now');
}

/** What this page does for the backend. A room takes a service over while it is open. */
class PageServer {
  readonly #current: Provided = { ...absent };
  readonly #server = new RpcServer<PageContracts, Caller>({
    contracts: pageContracts,
    services: { carrier: this.#routed('carrier'), cameraHost: this.#routed('cameraHost') },
    reportInternalError: (name, error) => {
      // An error event of the page, where its own errors are looked for too.
      queueMicrotask(() => {
        throw new Error(`${name} failed`, { cause: error });
      });
      return 'page';
    },
  });

  readonly attach = (port: Port): void => this.#server.attach(port, 'backend');

  /** Serves until the returned function is called. */
  provide<S extends ServiceName>(name: S, service: Service<PageContracts[S], Caller>): () => void {
    this.#current[name] = service as Provided[S];
    return () => {
      if (this.#current[name] === service) this.#current[name] = absent[name];
    };
  }

  announce<S extends ServiceName, E extends EventName<PageContracts[S]>>(
    service: S,
    eventName: E,
    payload: PayloadOf<PageContracts[S], E>,
  ): void {
    this.#server.announce(service, eventName, payload);
  }

  /** Each call goes to whoever provides the service at that moment. */
  #routed<S extends ServiceName>(name: S): Service<PageContracts[S], Caller> {
    const methods = Object.keys(absent[name]).map((method) => [
      method,
      (input: unknown, context: unknown) =>
        (this.#current[name] as unknown as Record<string, (input: unknown, context: unknown) => unknown>)[
          method
        ]?.(input, context),
    ]);
    return Object.fromEntries(methods) as Service<PageContracts[S], Caller>;
  }
}

export const pageServer = new PageServer();
