import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

/** One end of a channel, wherever it has been handed to. */
export interface PortEnd {
  deliver(data: unknown, ports: readonly MessagePortMain[]): void;
  closed(): void;
}

/** What connects two ends; an end may move to another process or page while messages are on their way. */
export class Wire {
  readonly ends: [PortEnd | undefined, PortEnd | undefined] = [undefined, undefined];
  isClosed = false;

  send(from: 0 | 1, data: unknown, ports: readonly MessagePortMain[]): void {
    const target = from === 0 ? 1 : 0;
    setImmediate(() => {
      if (!this.isClosed) this.ends[target]?.deliver(data, ports);
    });
  }

  close(): void {
    if (this.isClosed) return;
    setImmediate(() => {
      if (this.isClosed) return;
      this.isClosed = true;
      for (const end of this.ends) end?.closed();
    });
  }
}

interface Waiting {
  readonly data: unknown;
  readonly ports: readonly MessagePortMain[];
}

/** Electron's MessagePortMain as documented: an emitter that keeps messages until `start` is called. */
export class MessagePortMain extends EventEmitter implements PortEnd {
  #wire: Wire | undefined;
  readonly #side: 0 | 1;
  readonly #queue: Waiting[] = [];
  #isStarted = false;

  constructor(wire: Wire, side: 0 | 1) {
    super();
    this.#wire = wire;
    this.#side = side;
    wire.ends[side] = this;
  }

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    if (transfer.includes(this)) throw new TypeError('Port at index 0 contains the source port');
    const data = structuredClone(message);
    this.#wire?.send(this.#side, data, transfer.map(received));
  }

  start(): void {
    this.#isStarted = true;
    for (const message of this.#queue.splice(0)) this.emit('message', message);
  }

  close(): void {
    this.#wire?.close();
  }

  deliver(data: unknown, ports: readonly MessagePortMain[]): void {
    if (this.#isStarted) this.emit('message', { data, ports });
    else this.#queue.push({ data, ports });
  }

  closed(): void {
    this.emit('close');
  }

  /** Takes the port's end away from whoever had it; what was waiting goes along. */
  handOver(): { wire: Wire; side: 0 | 1; waiting: Waiting[] } {
    if (!this.#wire) throw new TypeError('Port at index 0 is already neutered');
    const wire = this.#wire;
    this.#wire = undefined;
    return { wire, side: this.#side, waiting: this.#queue.splice(0) };
  }
}

/** The receiver's object for a port that was transferred within one process; the sender's is dead. */
function received(port: MessagePortMain): MessagePortMain {
  const { wire, side, waiting } = port.handOver();
  const fresh = new MessagePortMain(wire, side);
  for (const { data, ports } of waiting) fresh.deliver(data, ports);
  return fresh;
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const wire = new Wire();
    this.port1 = new MessagePortMain(wire, 0);
    this.port2 = new MessagePortMain(wire, 1);
  }
}

/** In a page a transferred port is an ordinary MessagePort. */
export function asPagePort(port: MessagePortMain): MessagePort {
  const { wire, side, waiting } = port.handOver();
  const { port1, port2 } = new MessageChannel();
  wire.ends[side] = {
    deliver: (data) => port2.postMessage(data),
    closed: () => port2.close(),
  };
  port2.on('message', (data) => wire.send(side, data, []));
  port2.on('close', () => wire.close());
  for (const { data } of waiting) port2.postMessage(data);
  return port1;
}

type Post = (message: PortMessage) => void;

/** How ports that live in another process are spoken to. */
export type PortMessage =
  | { readonly kind: 'port-message'; readonly port: number; readonly data: unknown }
  | { readonly kind: 'port-close'; readonly port: number };

/** The ports that one process has handed to another, by number; both sides have one of these. */
export class PortBridge {
  readonly #post: Post;
  readonly #wires = new Map<number, { wire: Wire; side: 0 | 1 }>();

  constructor(post: Post) {
    this.#post = post;
  }

  /** The port now lives on the other side under this number. */
  send(port: MessagePortMain, number: number): void {
    const { wire, side, waiting } = port.handOver();
    this.#wires.set(number, { wire, side });
    wire.ends[side] = {
      deliver: (data) => this.#post({ kind: 'port-message', port: number, data }),
      closed: () => this.#post({ kind: 'port-close', port: number }),
    };
    for (const { data } of waiting) this.#post({ kind: 'port-message', port: number, data });
  }

  /** A port that came from the other side under this number. */
  receive(number: number): MessagePortMain {
    const wire = new Wire();
    this.#wires.set(number, { wire, side: 1 });
    wire.ends[1] = {
      deliver: (data) => this.#post({ kind: 'port-message', port: number, data }),
      closed: () => this.#post({ kind: 'port-close', port: number }),
    };
    return new MessagePortMain(wire, 0);
  }

  take(message: PortMessage): void {
    const found = this.#wires.get(message.port);
    if (!found) return;
    if (message.kind === 'port-message') found.wire.send(found.side, message.data, []);
    else found.wire.close();
  }

  /** The other process has ended, and its ports with it. */
  closeAll(): void {
    for (const { wire } of this.#wires.values()) wire.close();
  }
}
