import type { Port } from '#shared/rpc/frames.ts';
import { createTextPort } from '#shared/rpc/text-port.ts';

/** A port of Electron's `MessageChannelMain`, as the shell hands it to a utility process. */
export interface HandedPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** What the shell and this process say to each other: `process.parentPort` of a utility process. */
export interface ParentPort {
  postMessage(message: unknown): void;
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly HandedPort[] }) => void,
  ): unknown;
}

/** Carries frames to a page through the port that the shell has handed over. */
export function createHandedPort(port: HandedPort): Port {
  return createTextPort({
    send: (text) => port.postMessage(text),
    onText: (listener) => {
      port.on('message', ({ data }) => listener(data));
      port.start();
    },
    onClose: (listener) => void port.on('close', listener),
    closeBecause: () => port.close(),
  });
}
