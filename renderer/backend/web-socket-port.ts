import type { Frame, Port } from '#shared/rpc/frames.ts';

/** Carries frames over a WebSocket to the backend that served this page. */
export function createWebSocketPort(socket: WebSocket): Port {
  return {
    send: (frame: Frame) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    onFrame: (listener) =>
      socket.addEventListener('message', (message) => listener(JSON.parse(message.data as string))),
    onClose: (listener) => socket.addEventListener('close', () => listener()),
  };
}
