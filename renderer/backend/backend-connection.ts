import type { Contracts } from '#shared/rpc/contract.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { RpcError } from '#shared/rpc/frames.ts';
import type { Port } from '#shared/rpc/frames.ts';

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost'; readonly sinceMs: number }
  /** The backend speaks another version of the contracts; only a reload helps. */
  | { readonly kind: 'other-build' };

interface Subscription {
  readonly service: string;
  readonly eventName: string;
  readonly listener: (payload: unknown) => void;
  stop: (() => void) | undefined;
}

type AnyServiceClient = Readonly<Record<string, (input: unknown, options?: unknown) => Promise<unknown>>> & {
  on(eventName: string, listener: (payload: unknown) => void): () => void;
};

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3000;

/**
 * A connection that comes back by itself: subscriptions are renewed, calls that were waiting have failed
 * with `disconnected` and are not repeated, because only their caller knows whether that is safe.
 */
export class BackendConnection<Cs extends Contracts> {
  /** The same object for the life of the page. */
  readonly client: Client<Cs>;
  readonly #contracts: Cs;
  readonly #openPort: () => Promise<Port>;
  readonly #serve: (port: Port) => void;
  readonly #subscriptions = new Set<Subscription>();
  readonly #listeners = new Set<() => void>();
  #state: ConnectionState = { kind: 'connecting' };
  #current: RpcConnection<Cs> | undefined;
  #retryNow: (() => void) | undefined;
  #firstConnection: Promise<void>;

  /** `serve` answers what the backend asks of this page, on every connection anew. */
  constructor(contracts: Cs, openPort: () => Promise<Port>, serve: (port: Port) => void = () => {}) {
    this.#contracts = contracts;
    this.#openPort = openPort;
    this.#serve = serve;
    this.client = Object.fromEntries(
      Object.keys(contracts).map((service) => [service, this.#serviceClient(service)]),
    ) as Client<Cs>;
    this.#firstConnection = this.#connect();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the pause before the next attempt. */
  retryNow(): void {
    this.#retryNow?.();
  }

  /** Tries until it is connected, or until only a reload can help. */
  async #connect(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.6, LONGEST_PAUSE_MS)) {
      try {
        const port = await this.#openPort();
        this.#serve(port);
        const connection = new RpcConnection(this.#contracts, port);
        port.onClose(() => this.#lost(connection));
        await connection.checkFingerprint();
        this.#current = connection;
        for (const subscription of this.#subscriptions) this.#renew(subscription);
        this.#enter({ kind: 'connected' });
        return;
      } catch (error) {
        if (error instanceof RpcError && error.code === 'conflict') {
          this.#enter({ kind: 'other-build' });
          return;
        }
        if (this.#state.kind === 'connecting') this.#enter({ kind: 'lost', sinceMs: Date.now() });
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        this.#retryNow = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  #lost(connection: RpcConnection<Cs>): void {
    if (this.#current !== connection) return;
    this.#current = undefined;
    this.#enter({ kind: 'lost', sinceMs: Date.now() });
    void this.#connect();
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #serviceClient(service: string): unknown {
    const methods = Object.entries(this.#contracts[service] ?? {})
      .filter(([, definition]) => definition.kind === 'method')
      .map(([name]) => [
        name,
        (input: unknown, options?: unknown) => this.#call(service, name, input, options),
      ]);
    return Object.assign(Object.fromEntries(methods), {
      on: (eventName: string, listener: (payload: unknown) => void) => {
        const subscription: Subscription = { service, eventName, listener, stop: undefined };
        this.#subscriptions.add(subscription);
        if (this.#current) this.#renew(subscription);
        return () => {
          this.#subscriptions.delete(subscription);
          subscription.stop?.();
        };
      },
    });
  }

  #renew(subscription: Subscription): void {
    const { service, eventName, listener } = subscription;
    subscription.stop = this.#serviceOf(service)?.on(eventName, listener);
  }

  #serviceOf(service: string): AnyServiceClient | undefined {
    const client = this.#current?.client as Readonly<Record<string, AnyServiceClient>> | undefined;
    return client?.[service];
  }

  /** Before the first connection a call waits for it; afterwards it fails at once while there is none. */
  async #call(service: string, name: string, input: unknown, options: unknown): Promise<unknown> {
    if (this.#state.kind === 'connecting') await this.#firstConnection;
    const call = this.#serviceOf(service)?.[name];
    if (!call) throw new RpcError('disconnected', `${service}.${name}: not connected`);
    return call(input, options);
  }
}
