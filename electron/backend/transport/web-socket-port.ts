import type { WebSocket } from 'ws';
import type { Port } from '#shared/rpc/frames.ts';
import { createTextPort } from '#shared/rpc/text-port.ts';
import type { CarrierFault } from '#shared/rpc/text-port.ts';

/**
 * A page that no longer reads is let go before its unread events fill the backend's memory; when it
 * comes back it renews its subscriptions and asks again, so nothing is lost but time.
 */
export const MAXIMUM_UNSENT_BYTES = 64 * 1024 * 1024;

/** RFC 6455 section 7.4.1. */
const closeCodes: Readonly<Record<CarrierFault, number>> = { 'not-json': 1007, 'too-long': 1009 };

/** Carries frames over one WebSocket. */
export function createWebSocketPort(socket: WebSocket): Port {
  // ws closes the socket by itself after an error; without a listener the error would end the process.
  socket.on('error', () => {});
  return createTextPort({
    send: (text) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > MAXIMUM_UNSENT_BYTES) socket.terminate();
      else socket.send(text);
    },
    onText: (listener) => {
      socket.on('message', (data, isBinary) => listener(isBinary ? data : (data as Buffer).toString('utf8')));
    },
    onClose: (listener) => void socket.on('close', listener),
    closeBecause: (fault) => socket.close(closeCodes[fault]),
  });
}
