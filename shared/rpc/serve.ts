import type { Announcer, Contracts, EventName, PayloadOf, Services } from './contract.ts';
import { contractFingerprint } from './fingerprint.ts';
import { Frame, RpcError } from './frames.ts';
import type { CallFrame, Port, RpcErrorCode } from './frames.ts';
import { HELLO, SUBSCRIBE, UNSUBSCRIBE, splitName } from './names.ts';

export interface ServeOptions<Cs extends Contracts, Caller> {
  readonly contracts: Cs;
  readonly services: Services<Cs, Caller>;
  /** Logs an unexpected failure in full and returns a reference that is safe to show. */
  readonly reportInternalError: (name: string, error: unknown) => string;
  /** Code of a failure of the surroundings that a person can do something about. */
  readonly problemOf?: (error: unknown) => string | undefined;
}

/** Calls of one connection that may run at the same time; a page that asks for more is out of control. */
const MAXIMUM_RUNNING_CALLS = 1000;

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
      if (!parsed.success) {
        refuseMalformedCall(raw, port);
        return;
      }
      const frame = parsed.data;
      if (frame.type === 'call') this.#start(frame, port, caller, running);
      else if (frame.type === 'cancel') {
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
    for (const port of this.#subscribers.get(name) ?? []) {
      try {
        port.send({ type: 'event', name, payload: checked });
      } catch (error) {
        this.#options.reportInternalError(name, error);
      }
    }
  }

  #start(frame: CallFrame, port: Port, caller: Caller, running: Map<number, AbortController>): void {
    const { id, name, input } = frame;
    if (running.has(id)) {
      port.send(failureOf(id, 'invalid-input', `call ${id} is still running`));
      return;
    }
    if (running.size >= MAXIMUM_RUNNING_CALLS) {
      port.send(failureOf(id, 'unavailable', 'too many calls at once'));
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    const { signal } = controller;
    void this.#answer(name, input, { signal, caller }, port)
      .then((output): Frame => ({ type: 'result', id, output }))
      .catch((error: unknown) => this.#failure(id, name, error, signal))
      .then((answer) => {
        running.delete(id);
        this.#sendAnswer(port, answer, id, name);
      });
  }

  /** An answer that cannot be sent (too long, say) becomes a failure, so that the caller never waits for ever. */
  #sendAnswer(port: Port, answer: Frame, id: number, name: string): void {
    try {
      port.send(answer);
    } catch (error) {
      const reference = this.#options.reportInternalError(name, error);
      port.send(failureOf(id, 'internal', 'the answer cannot be sent', { reference }));
    }
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

  #failure(id: number, name: string, error: unknown, signal: AbortSignal): Frame {
    if (error instanceof RpcError) return failureOf(id, error.code, error.message, error);
    const problem = this.#options.problemOf?.(error);
    if (problem !== undefined) return failureOf(id, 'unavailable', problem, { problem });
    // Node's own functions throw an AbortError of theirs when the signal they were given fires.
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') {
      return failureOf(id, 'cancelled', 'cancelled by the caller');
    }
    const reference = this.#options.reportInternalError(name, error);
    return failureOf(id, 'internal', 'unexpected failure', { reference });
  }
}

function failureOf(
  id: number,
  code: RpcErrorCode,
  message: string,
  { reference, problem }: { reference?: string | undefined; problem?: string | undefined } = {},
): Frame {
  return {
    type: 'failure',
    id,
    error: {
      code,
      message,
      ...(reference !== undefined && { reference }),
      ...(problem !== undefined && { problem }),
    },
  };
}

/** Whoever sent something like a call gets an answer; anything else that is no frame is passed over. */
function refuseMalformedCall(raw: unknown, port: Port): void {
  const id = Frame.options[0].pick({ type: true, id: true }).loose().safeParse(raw);
  if (id.success) port.send(failureOf(id.data.id, 'invalid-input', 'not a call'));
}

function describeIssue(issue: { path: PropertyKey[]; message: string }): string {
  return `${issue.path.map(String).join('.') || 'input'}: ${issue.message}`;
}
