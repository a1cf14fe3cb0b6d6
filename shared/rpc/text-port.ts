import { RpcError } from './frames.ts';
import type { Frame, Port } from './frames.ts';

/**
 * Frames carry questions and answers, never pixels; whatever is longer than this is a mistake or an
 * attack. Counted in UTF-16 units of the JSON text, which on a wire are one to three bytes each.
 */
export const MAXIMUM_FRAME_LENGTH = 16 * 1024 * 1024;

export type CarrierFault = 'not-json' | 'too-long';

/** What a WebSocket, a MessagePort and a pair in memory have in common. */
export interface TextCarrier {
  /** Does nothing once the carrier is closed. */
  send(text: string): void;
  onText(listener: (data: unknown) => void): void;
  onClose(listener: () => void): void;
  /** The other end sent something of ours that nothing of ours sends. */
  closeBecause(fault: CarrierFault): void;
}

/** Frames as JSON text, the same on every carrier, so that what works on one works on all. */
export function createTextPort(carrier: TextCarrier): Port {
  return {
    send: (frame) => carrier.send(encodeFrame(frame)),
    onFrame: (listener) =>
      carrier.onText((data) => {
        if (typeof data === 'string' && data.length > MAXIMUM_FRAME_LENGTH) {
          carrier.closeBecause('too-long');
          return;
        }
        let frame: unknown;
        try {
          if (typeof data !== 'string') throw new TypeError('not text');
          frame = JSON.parse(data);
        } catch {
          carrier.closeBecause('not-json');
          return;
        }
        listener(frame);
      }),
    onClose: (listener) => carrier.onClose(listener),
  };
}

function encodeFrame(frame: Frame): string {
  const text = JSON.stringify(frame);
  if (text.length > MAXIMUM_FRAME_LENGTH) {
    throw new RpcError('invalid-input', `a frame of ${text.length} characters is too long`);
  }
  return text;
}
