import type { Announcer, Contracts, EventName, PayloadOf, Services } from './contract.ts';
import { contractFingerprint } from './fingerprint.ts';
import { Frame, RpcError } from './frames.ts';
import type { Port } from './frames.ts';
import { HELLO, SUBSCRIBE, UNSUBSCRIBE, splitName } from './names.ts';

export interface ServeOptions<Cs extends Contracts, Caller> {
  readonly contracts: Cs;
  readonly services: Services<Cs, Caller>;
  /** Logs an unexpected failure in full and returns a reference that is safe to show. */
  readonly reportInternalError: (name: string, error: unknown) => string;
}

type AnyHandler = (input: unknown, context: { signal: AbortSignal; caller: unknown }) => unknown;

/** The serving end: answers calls on any number of ports and passes events to those that subscribed. */
export class RpcServer<Cs extends Contracts, Caller> implements Announcer<Cs> {
  readonly #options: ServeOptions<Cs, Caller>;
  readonly #fingerprint: string;
  readonly #subscribers = new Map<string, Set<Port>>();

  constructor(options: ServeOptions<Cs, Caller>) {
    this.#options = options;
    this.#fingerprint = contractFingerprint(options.contracts);
  }

  /** Serves one connection until its port closes; running calls are aborted then. */
  attach(port: Port, caller: Caller): void {
    const running = new Map<number, AbortController>();
    port.onFrame((raw) => {
      const parsed = Frame.safeParse(raw);
      if (!parsed.success) return;
      const frame = parsed.data;
      if (frame.type === 'call') {
        const controller = new AbortController();
        running.set(frame.id, controller);
        void this.#answer(frame.name, frame.input, { signal: controller.signal, caller }, port)
          .then(
            (output): Frame => ({ type: 'result', id: frame.id, output }),
            (error: unknown): Frame => this.#failure(frame.id, frame.name, error),
          )
          .then((answer) => {
            running.delete(frame.id);
            port.send(answer);
          });
      } else if (frame.type === 'cancel') {
        running.get(frame.id)?.abort(new RpcError('cancelled', 'cancelled by the caller'));
      }
    });
    port.onClose(() => {
      for (const ports of this.#subscribers.values()) ports.delete(port);
      for (const controller of running.values()) {
        controller.abort(new RpcError('disconnected', 'the caller went away'));
      }
      running.clear();
    });
  }

  announce<S extends keyof Cs & string, E extends EventName<Cs[S]>>(
    service: S,
    eventName: E,
    payload: PayloadOf<Cs[S], E>,
  ): void {
    const definition = this.#options.contracts[service]?.[eventName];
    if (definition?.kind !== 'event') throw new Error(`${service}.${eventName} is not an event`);
    const checked = definition.payload.parse(payload);
    const name = `${service}.${eventName}`;
    for (const port of this.#subscribers.get(name) ?? [])
      port.send({ type: 'event', name, payload: checked });
  }

  async #answer(
    name: string,
    input: unknown,
    context: { signal: AbortSignal; caller: Caller },
    port: Port,
  ): Promise<unknown> {
    if (name === HELLO) return this.#fingerprint;
    if (name === SUBSCRIBE) return this.#subscribe(input, port);
    if (name === UNSUBSCRIBE) {
      this.#subscribers.get(String(input))?.delete(port);
      return null;
    }
    const [service, methodName] = splitName(name);
    const definition = this.#definition(service, methodName);
    if (definition?.kind !== 'method') throw new RpcError('not-found', `no method ${name}`);
    const parsed = definition.input.safeParse(input);
    if (!parsed.success)
      throw new RpcError('invalid-input', parsed.error.issues.map(describeIssue).join('; '));
    const handlers = this.#options.services[service] as unknown as Record<string, AnyHandler>;
    const handler = handlers[methodName];
    if (!handler) throw new RpcError('not-found', `no method ${name}`);
    const output: unknown = await handler(parsed.data, context);
    return definition.output.parse(output);
  }

  #subscribe(input: unknown, port: Port): null {
    const name = String(input);
    const [service, eventName] = splitName(name);
    if (this.#definition(service, eventName)?.kind !== 'event') {
      throw new RpcError('not-found', `no event ${name}`);
    }
    const ports = this.#subscribers.get(name) ?? new Set<Port>();
    ports.add(port);
    this.#subscribers.set(name, ports);
    return null;
  }

  /** Own properties only, so that `constructor` or `__proto__` is never a method. */
  #definition(service: string, name: string) {
    const { contracts } = this.#options;
    if (!Object.hasOwn(contracts, service)) return undefined;
    const contract = contracts[service];
    return contract && Object.hasOwn(contract, name) ? contract[name] : undefined;
  }

  #failure(id: number, name: string, error: unknown): Frame {
    if (error instanceof RpcError) {
      return { type: 'failure', id, error: { code: error.code, message: error.message } };
    }
    const reference = this.#options.reportInternalError(name, error);
    return { type: 'failure', id, error: { code: 'internal', message: 'unexpected failure', reference } };
  }
}

function describeIssue(issue: { path: PropertyKey[]; message: string }): string {
  return `${issue.path.map(String).join('.') || 'input'}: ${issue.message}`;
}
