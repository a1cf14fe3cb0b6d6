import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import pino from 'pino';
import { expect, test } from 'vitest';
import { Mailbox } from '#backend/services/link/mailbox.ts';
import type { BrokerState } from '#backend/services/link/mailbox.ts';

/** MQTT 3.1.1, 3.2: accepted. */
const CONNACK = Buffer.from([0x20, 0x02, 0x00, 0x00]);

test('a connection that ends after its mailbox was closed tells nobody', async () => {
  const sockets: Socket[] = [];
  // A broker that says nothing more, and does not hang up when it is told goodbye.
  const broker = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => socket.write(CONNACK));
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  const states: BrokerState[] = [];
  const mailbox = new Mailbox({
    access: { address: `mqtt://127.0.0.1:${(broker.address() as AddressInfo).port}` },
    lastWill: { topic: 'gone', payload: 'x' },
    log: pino({ enabled: false }),
    onMessage: () => {},
    onState: (state) => states.push(state),
  });
  await expect.poll(() => states).toEqual(['connected']);
  await mailbox.close();
  // Whoever listened is closed as well: its database, for one.
  const heardByThen = states.length;
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(states.slice(heardByThen)).toEqual([]);
  expect(states).toEqual(['connected']);
  broker.close();
});
