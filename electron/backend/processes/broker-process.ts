// The embedded MQTT broker, in a process of its own: a flood costs it, and nobody's session.
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { Aedes } from 'aedes';
import type { Client } from 'aedes';
import type { BrokerOrder, BrokerReport } from './broker-messages.ts';
import { watchMemory } from './memory-watchdog.ts';
import { PacketGate } from './packet-gate.ts';
import { connectToParent } from './parent-channel.ts';
import { TokenBucket } from './token-bucket.ts';

/** One envelope and its topic; MQTT itself would allow 256 MiB. */
const MAXIMUM_PACKET_BYTES = 64 * 1024;
/** Bytes a connection may send in a second, and at once: an SDP exchange with all its candidates. */
const BYTES_PER_SECOND = 256 * 1024;
const BURST_BYTES = 1024 * 1024;
const PACKETS_PER_SECOND = 200;
const BURST_PACKETS = 1000;
const MAXIMUM_CONNECTIONS = 256;
const MAXIMUM_CONNECTIONS_PER_ADDRESS = 64;
const MAXIMUM_SUBSCRIPTIONS = 128;
/** Unsent bytes of a subscriber that does not read. */
const MAXIMUM_UNSENT_BYTES = 4 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
const DRAIN_TIMEOUT_MS = 5_000;
/** Inboxes, presence and meeting places; no wild cards, nothing of the broker itself. */
const TOPIC = /^enkaku\/1\/(in|presence|meet)\/[A-Za-z0-9_-]{43}$/;

const { values } = parseArgs({ options: { 'resident-limit-bytes': { type: 'string' } } });
watchMemory(Number(values['resident-limit-bytes'] ?? Infinity));

const parent = connectToParent();
const report = (message: BrokerReport) => parent.send(message);

parent.onMessage((message) => void listen(message as BrokerOrder));

async function listen({ host, port }: BrokerOrder): Promise<void> {
  const broker = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxClientsIdLength: 64,
    queueLimit: 100,
    // A subscriber that stops reading would otherwise end all delivery, to everybody (aedes, `drainTimeout`).
    drainTimeout: DRAIN_TIMEOUT_MS,
    authorizePublish: (_client, packet, done) => {
      const isAllowed =
        TOPIC.test(packet.topic) && !packet.retain && packet.payload.length <= MAXIMUM_PACKET_BYTES;
      done(isAllowed ? null : new Error('not allowed'));
    },
    authorizeSubscribe: (client, subscription, done) => {
      const isAllowed = TOPIC.test(subscription.topic) && subscriptionsOf(client) < MAXIMUM_SUBSCRIPTIONS;
      // Null refuses the one subscription and lets the connection live.
      done(null, isAllowed ? subscription : null);
    },
  });
  const perAddress = new Map<string, number>();
  const server = createServer({ noDelay: true }, (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (perAddress.get(address) ?? 0) + 1;
    if (count > MAXIMUM_CONNECTIONS_PER_ADDRESS) {
      socket.destroy();
      return;
    }
    perAddress.set(address, count);
    socket.on('close', () => perAddress.set(address, (perAddress.get(address) ?? 1) - 1));
    socket.on('error', () => socket.destroy());
    limit(socket);
    broker.handle(socket);
  });
  server.maxConnections = MAXIMUM_CONNECTIONS;
  server.on('error', (error: NodeJS.ErrnoException) =>
    report({ event: 'failed', code: error.code ?? error.message }),
  );
  server.listen(port, host, () => {
    const address = server.address();
    report({ event: 'listening', port: typeof address === 'object' && address ? address.port : port });
  });
}

/** aedes keeps them by topic and does not say so in its types. */
function subscriptionsOf(client: Client): number {
  return Object.keys((client as unknown as { readonly subscriptions: object }).subscriptions).length;
}

/** Before anything is parsed: who floods and who never reads is let go. */
function limit(socket: Socket): void {
  const bytes = new TokenBucket(BYTES_PER_SECOND, BURST_BYTES);
  const packets = new TokenBucket(PACKETS_PER_SECOND, BURST_PACKETS);
  const gate = new PacketGate(MAXIMUM_PACKET_BYTES);
  socket.on('data', (chunk: Buffer) => {
    if (socket.writableLength > MAXIMUM_UNSENT_BYTES) {
      socket.destroy();
      return;
    }
    const nowMs = performance.now();
    const passage = gate.take(chunk);
    const isFlood = bytes.take(chunk.length, nowMs) > 0 || packets.take(passage.packets, nowMs) > 0;
    // Nobody who only talks ever comes here; who floods loses the connection and may come again.
    if (passage.isBroken || isFlood) socket.destroy();
  });
}
