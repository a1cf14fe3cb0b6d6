// Loaded first in a process that stands for one of Electron's utility processes: gives it `process.parentPort`.
import { EventEmitter } from 'node:events';
import { PortBridge } from './ports.ts';
import type { PortMessage } from './ports.ts';

type FromParent =
  | PortMessage
  | { readonly kind: 'message'; readonly data: unknown; readonly ports: readonly number[] };

const channel = process.send?.bind(process);
/** What cannot be sent any more has nobody who would miss it. */
const send = (message: object) => channel?.(message, undefined, undefined, () => {});
const bridge = new PortBridge((message) => void send(message));

/** "Messages received on this port will be queued up until a handler is registered." */
class ParentPort extends EventEmitter {
  readonly #queue: { data: unknown; ports: unknown[] }[] = [];

  constructor() {
    super();
    this.on('newListener', (event) => {
      if (event === 'message')
        setImmediate(() => this.#queue.splice(0).forEach((item) => this.emit('message', item)));
    });
  }

  postMessage(data: unknown, ...rest: unknown[]): void {
    if (rest.length > 0) throw new TypeError('parentPort.postMessage takes one argument');
    send({ kind: 'message', data: structuredClone(data) });
  }

  take(item: { data: unknown; ports: unknown[] }): void {
    if (this.listenerCount('message') > 0 && this.#queue.length === 0) this.emit('message', item);
    else this.#queue.push(item);
  }
}

const parentPort = new ParentPort();
Object.defineProperty(process, 'parentPort', { value: parentPort });

process.on('message', (message: FromParent) => {
  if (message.kind === 'message') {
    parentPort.take({ data: message.data, ports: message.ports.map((number) => bridge.receive(number)) });
  } else {
    bridge.take(message);
  }
});
// The main process is gone: Chromium ends its children then.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Unlike a forked Node process, a utility process has no IPC channel of its own that programs could see.
Object.defineProperty(process, 'send', { value: undefined });
