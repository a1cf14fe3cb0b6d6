import type { Contract, Contracts, EventName, InputOf, MethodName, OutputOf, PayloadOf } from './contract.ts';
import { contractFingerprint } from './fingerprint.ts';
import { Frame, RpcError } from './frames.ts';
import type { Port } from './frames.ts';
import { HELLO, SUBSCRIBE, UNSUBSCRIBE } from './names.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export type ServiceClient<C extends Contract> = {
  readonly [Name in MethodName<C>]: (
    input: InputOf<C, Name>,
    options?: CallOptions,
  ) => Promise<OutputOf<C, Name>>;
} & {
  /** Listens to an event of the service; the returned function stops listening. */
  on<E extends EventName<C>>(eventName: E, listener: (payload: PayloadOf<C, E>) => void): () => void;
};

export type Client<Cs extends Contracts> = { readonly [S in keyof Cs]: ServiceClient<Cs[S]> };

interface Waiting {
  readonly name: string;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: RpcError) => void;
}

/** The calling end of one connection. Waiting calls fail with `disconnected` when the port closes. */
export class RpcConnection<Cs extends Contracts> {
  readonly client: Client<Cs>;
  readonly #contracts: Cs;
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  #nextId = 1;
  #isClosed = false;

  constructor(contracts: Cs, port: Port) {
    this.#contracts = contracts;
    this.#port = port;
    port.onFrame((raw) => this.#receive(raw));
    port.onClose(() => this.#close());
    this.client = Object.fromEntries(
      Object.entries(contracts).map(([service, contract]) => [
        service,
        this.#serviceClient(service, contract),
      ]),
    ) as Client<Cs>;
  }

  /** Rejects with `conflict` if the other end speaks another version of the contracts. */
  async checkFingerprint(): Promise<void> {
    const theirs = await this.#call(HELLO, null);
    if (theirs !== contractFingerprint(this.#contracts)) {
      throw new RpcError('conflict', 'this page and the backend are from different builds');
    }
  }

  #serviceClient(service: string, contract: Contract): unknown {
    const methods = Object.entries(contract)
      .filter(([, definition]) => definition.kind === 'method')
      .map(([name]) => [
        name,
        (input: unknown, options?: CallOptions) => this.#call(`${service}.${name}`, input, options),
      ]);
    return Object.assign(Object.fromEntries(methods), {
      on: (eventName: string, listener: (payload: unknown) => void) =>
        this.#listen(`${service}.${eventName}`, listener),
    });
  }

  #call(name: string, input: unknown, { signal }: CallOptions = {}): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new RpcError('disconnected', 'not connected'));
    if (signal?.aborted) return Promise.reject(new RpcError('cancelled', 'cancelled before it was sent'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#port.send({ type: 'cancel', id });
      signal?.addEventListener('abort', onAbort, { once: true });
      const settle =
        <T>(finish: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', onAbort);
          finish(value);
        };
      this.#waiting.set(id, { name, resolve: settle(resolve), reject: settle(reject) });
      try {
        this.#port.send({ type: 'call', id, name, input });
      } catch (error) {
        // Too long, or nothing JSON can carry: this call fails, the connection lives on.
        this.#waiting.delete(id);
        settle(reject)(
          error instanceof RpcError ? error : new RpcError('invalid-input', `${name}: cannot be sent`),
        );
      }
    });
  }

  #listen(name: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    if (listeners.size === 0) void this.#call(SUBSCRIBE, name).catch(ignoreDisconnect);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) void this.#call(UNSUBSCRIBE, name).catch(ignoreDisconnect);
    };
  }

  #receive(raw: unknown): void {
    const parsed = Frame.safeParse(raw);
    if (!parsed.success) return;
    const frame = parsed.data;
    if (frame.type === 'event') {
      for (const listener of this.#listeners.get(frame.name) ?? []) deliver(listener, frame.payload);
      return;
    }
    if (frame.type !== 'result' && frame.type !== 'failure') return;
    const waiting = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    if (frame.type === 'result') waiting?.resolve(frame.output);
    else waiting?.reject(new RpcError(frame.error.code, frame.error.message, frame.error));
  }

  #close(): void {
    this.#isClosed = true;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const call of waiting) call.reject(new RpcError('disconnected', `${call.name}: connection lost`));
  }
}

/** A listener that throws is reported as an uncaught error and keeps nobody else from hearing the event. */
function deliver(listener: (payload: unknown) => void, payload: unknown): void {
  try {
    listener(payload);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function ignoreDisconnect(error: unknown): void {
  if (!(error instanceof RpcError) || error.code !== 'disconnected') throw error;
}
