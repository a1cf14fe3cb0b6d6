import net from 'node:net';
import { WebSocket } from 'ws';
import type { Port } from '#shared/rpc/frames.ts';
import type { EndpointAddress } from './local-endpoint.ts';
import { createWebSocketPort } from './web-socket-port.ts';

/** Connects to the workstation that holds a data folder. Rejects if nobody answers there. */
export async function connectToEndpoint({
  socketPath,
  token,
}: EndpointAddress): Promise<Port & { close(): void }> {
  const socket = new WebSocket('ws://localhost/rpc', {
    createConnection: () => net.connect(socketPath),
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => socket.terminate());
  return { ...createWebSocketPort(socket), close: () => socket.close() };
}
