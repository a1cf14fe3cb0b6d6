import { backendContracts } from '#shared/contract/index.ts';
import type { BackendContracts } from '#shared/contract/index.ts';
import { SHELL_BRIDGE } from '#shared/contract/shell-bridge.ts';
import type { Client } from '#shared/rpc/connect.ts';
import type { Port } from '#shared/rpc/frames.ts';
import { BackendConnection } from './backend-connection.ts';
import { FACELESS_RPC } from '#shared/contract/launch.ts';
import { pageServer } from './page-services.ts';
import { openShellPort } from './shell-port.ts';
import { createWebSocketPort } from './web-socket-port.ts';

export type BackendClient = Client<BackendContracts>;

/**
 * Connects to the backend behind this page, and again whenever the connection is lost. A workstation
 * lives as long as it has windows; a page without a face is none.
 */
export function connectBackend({ isWindow } = { isWindow: true }): BackendConnection<BackendContracts> {
  return new BackendConnection(
    backendContracts,
    SHELL_BRIDGE in window ? openShellPort : () => openWebSocketPort(isWindow),
    pageServer.attach,
  );
}

async function openWebSocketPort(isWindow: boolean): Promise<Port> {
  const socket = new WebSocket(
    new URL(isWindow ? '/rpc' : FACELESS_RPC, window.location.href.replace(/^http/, 'ws')),
  );
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error('no connection to the backend')), { once: true });
  });
  return createWebSocketPort(socket);
}
