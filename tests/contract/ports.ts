import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import pino from 'pino';
import { WebSocket } from 'ws';
import { LoopbackServer } from '#backend/transport/loopback-server.ts';
import { createWebSocketPort } from '#backend/transport/web-socket-port.ts';
import type { Port } from '#shared/rpc/frames.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import { createMessagePort } from '#shared/rpc/message-port.ts';

/** One carrier of frames: connects a client's port to whatever serves the other end. */
export interface Carrier {
  connect(): Promise<Connection>;
  dispose(): Promise<void>;
}

export interface Connection {
  readonly port: Port;
  /** Sends something that no port of ours would send. */
  readonly sendRaw: (data: string) => void;
  /** The client goes away without a word. */
  readonly drop: () => void;
}

type Serve = (port: Port) => void;

export const carriers: Readonly<Record<string, (serve: Serve) => Promise<Carrier>>> = {
  'in memory': async (serve) => ({
    connect: async () => {
      const [ours, theirs] = createMemoryPortPair();
      serve(theirs);
      return { port: ours, sendRaw: (data) => ours.sendText(data), drop: () => ours.close() };
    },
    dispose: async () => {},
  }),

  'over a WebSocket': async (serve) => {
    const server = await startLoopbackServer(serve);
    return {
      connect: async () => {
        const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, {
          headers: { Authorization: `Bearer ${server.access.token}` },
        });
        await once(socket, 'open');
        return {
          port: createWebSocketPort(socket),
          sendRaw: (data) => socket.send(data),
          drop: () => socket.terminate(),
        };
      },
      dispose: () => server.close(),
    };
  },

  // The ports of Electron's MessageChannelMain differ from these in spelling only.
  'over a MessagePort': async (serve) => ({
    connect: async () => {
      const { port1, port2 } = new MessageChannel();
      serve(createMessagePort(port2));
      return {
        port: createMessagePort(port1),
        sendRaw: (data) => port1.postMessage(data),
        drop: () => port1.close(),
      };
    },
    dispose: async () => {},
  }),
};

/** The real server with a page of one file and bytes that say what was asked. */
export async function startLoopbackServer(serve: Serve = () => {}): Promise<LoopbackServer> {
  const server = new LoopbackServer({
    port: 0,
    findPageFile: async (pathname) =>
      pathname === '/' ? { bytes: new TextEncoder().encode('page'), headers: {} } : undefined,
    bytes: async (request) => new Response(`${request.method} ${new URL(request.url).pathname}`),
    onConnection: serve,
    log: pino({ level: 'silent' }),
  });
  await server.listen();
  return server;
}
