import type { Port } from '#shared/rpc/frames.ts';
import { createTextPort } from '#shared/rpc/text-port.ts';

/** Carries frames over a WebSocket to the backend that served this page. */
export function createWebSocketPort(socket: WebSocket): Port {
  return createTextPort({
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    onText: (listener) => socket.addEventListener('message', (message) => listener(message.data)),
    onClose: (listener) => socket.addEventListener('close', () => listener()),
    closeBecause: () => socket.close(),
  });
}
