/** How a process of this folder talks to the backend: the same when forked by Node and as Electron's utility process. */
export interface BackendChannel {
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

/** Unlike other helpers these processes outlive the backend for a moment: `onGone` brings to rest what moves. */
export function connectToBackend(onGone: () => void): BackendChannel {
  const { parentPort } = process as unknown as { readonly parentPort?: MessageEmitter };
  if (!parentPort) {
    process.on('disconnect', onGone);
    return {
      send: (message) => {
        if (process.connected) process.send?.(message, undefined, undefined, () => {});
      },
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
    port.on('close', onGone);
    port.start();
  });
  return {
    send: (message) => port?.postMessage(message),
    onMessage: (listener) => void listeners.add(listener),
  };
}
