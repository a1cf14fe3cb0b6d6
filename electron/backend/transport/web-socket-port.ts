import type { WebSocket } from 'ws';
import type { Port } from '#shared/rpc/frames.ts';

/** Carries frames as JSON text over one WebSocket. */
export function createWebSocketPort(socket: WebSocket): Port {
  return {
    send: (frame) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
    },
    onFrame: (listener) => {
      socket.on('message', (data, isBinary) => {
        if (isBinary) return;
        try {
          listener(JSON.parse((data as Buffer).toString('utf8')));
        } catch {
          // Not JSON: nothing of ours sends that, so the connection is not worth keeping.
          socket.close(1007);
        }
      });
    },
    onClose: (listener) => void socket.on('close', listener),
  };
}
