import { backendContracts } from '#shared/contract/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { createWebSocketPort } from './web-socket-port.ts';

export type BackendClient = Client<BackendContracts>;

/** Connects to the backend behind this page; rejects if it is from another build. */
export async function connectBackend(): Promise<BackendClient> {
  const socket = new WebSocket(new URL('/rpc', location.href.replace(/^http/, 'ws')));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error('no connection to the backend')), { once: true });
  });
  const connection = new RpcConnection(backendContracts, createWebSocketPort(socket));
  await connection.checkFingerprint();
  return connection.client;
}
