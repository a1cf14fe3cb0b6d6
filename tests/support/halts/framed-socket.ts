import type { Socket } from 'node:net';

/** Cuts a stream into the messages that `framed` made. */
export function onFramed(socket: Socket, listener: (message: Uint8Array) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const end = 4 + rest.readUInt32BE();
      listener(Uint8Array.from(rest.subarray(4, end)));
      rest = rest.subarray(end);
    }
  });
}

export function framed(message: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4 + message.length);
  bytes.writeUInt32BE(message.length);
  bytes.set(message, 4);
  return bytes;
}
