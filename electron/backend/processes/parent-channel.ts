import { flushCompileCache } from 'node:module';

/** How a helper talks to the backend: the same in a forked Node process and in Electron's utility process. */
export interface ParentChannel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

interface MessageEmitter {
  on(event: 'message', listener: (event: { data: unknown; ports: readonly HandedPort[] }) => void): void;
  on(event: 'close', listener: () => void): void;
}

interface HandedPort extends MessageEmitter {
  postMessage(message: unknown): void;
  start(): void;
}

/**
 * In a utility process the shell hands over one port to the backend, and nothing passes through the
 * shell after that. Ends this process when the backend is gone.
 */
export function connectToParent(): ParentChannel {
  keepCompiledCode();
  const { parentPort } = process as unknown as { readonly parentPort?: MessageEmitter };
  if (!parentPort) {
    process.on('disconnect', () => process.exit(0));
    return {
      send: (message) => void process.send?.(message),
      onMessage: (listener) => void process.on('message', listener),
    };
  }
  // Lives as long as the process: a port that is collected as garbage is a closed port.
  let port: HandedPort | undefined;
  const listeners = new Set<(message: unknown) => void>();
  parentPort.on('message', ({ ports: [handed] }) => {
    if (port || !handed) return;
    port = handed;
    port.on('message', ({ data }) => {
      for (const listener of listeners) listener(data);
    });
    port.on('close', () => process.exit(0));
    port.start();
  });
  return {
    send: (message) => port?.postMessage(message),
    onMessage: (listener) => void listeners.add(listener),
  };
}

const UNTIL_STARTED_MS = 1000;

/** Node keeps what it compiled (see `electron/run.js`) when it ends in peace, which helpers seldom do. */
function keepCompiledCode(): void {
  setTimeout(flushCompileCache, UNTIL_STARTED_MS).unref();
}
