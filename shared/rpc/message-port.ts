import type { Port } from './frames.ts';
import { createTextPort } from './text-port.ts';

/** A MessagePort as browsers and `node:worker_threads` have it. */
export interface EventTargetPort {
  postMessage(message: string): void;
  addEventListener(type: 'message' | 'close', listener: (event: object) => void): void;
  start(): void;
  close(): void;
}

/** Carries frames over one MessagePort; nothing is delivered before `onFrame` was called. */
export function createMessagePort(port: EventTargetPort): Port {
  return createTextPort({
    send: (text) => port.postMessage(text),
    onText: (listener) => {
      port.addEventListener('message', (event) => listener((event as { data: unknown }).data));
      port.start();
    },
    onClose: (listener) => port.addEventListener('close', () => listener()),
    closeBecause: () => port.close(),
  });
}
