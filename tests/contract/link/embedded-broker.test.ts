import { connect as connectSocket } from 'node:net';
import type { Socket } from 'node:net';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BrokerReport } from '#backend/processes/broker-messages.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import type { HelperProcess } from '#backend/processes/helper-process.ts';
import { peakResidentBytes } from '#tests/support/process-memory.ts';

const INBOX = `enkaku/1/in/${'a'.repeat(43)}`;
const OTHER = `enkaku/1/in/${'b'.repeat(43)}`;
const MIB = 1024 * 1024;
const WAIT = { timeout: 15_000, interval: 20 };

let broker: HelperProcess;
let port = 0;
const clients: MqttClient[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  broker = forkHelper('broker');
  port = await new Promise<number>((resolve) => {
    broker.onMessage((message) => {
      const report = message as BrokerReport;
      if (report.event === 'listening') resolve(report.port);
    });
    broker.send({ host: '127.0.0.1', port: 0 });
  });
});

afterAll(() => {
  for (const client of clients) client.end(true);
  for (const socket of sockets) socket.destroy();
  broker.kill();
});

async function join(): Promise<MqttClient> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 4,
    reconnectPeriod: 0,
  });
  client.on('error', () => {});
  clients.push(client);
  return client;
}

async function listener(topic: string): Promise<{ client: MqttClient; heard: string[] }> {
  const client = await join();
  const heard: string[] = [];
  client.on('message', (_topic, payload) => heard.push(payload.toString()));
  await client.subscribeAsync(topic, { qos: 1 });
  return { client, heard };
}

/** A connection that has said who it is, as plain bytes. */
async function rawConnection(id: string): Promise<Socket> {
  const socket = connectSocket(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  const name = Buffer.from(id);
  const variable = Buffer.concat([
    Buffer.from([0, 4]),
    Buffer.from('MQTT'),
    Buffer.from([4, 2, 0, 60, 0, name.length]),
    name,
  ]);
  socket.write(Buffer.concat([Buffer.from([0x10, variable.length]), variable]));
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

const closed = (socket: Socket) => expect.poll(() => socket.destroyed || socket.closed, WAIT).toBe(true);

/** A QoS 0 publish whose header promises so many bytes. */
function publishHeader(topic: string, payloadBytes: number): Buffer {
  const rest = 2 + topic.length + payloadBytes;
  const lengthBytes: number[] = [];
  for (let left = rest; left > 0; left = Math.floor(left / 128)) {
    lengthBytes.push(left >= 128 ? (left % 128) | 0x80 : left);
  }
  return Buffer.concat([
    Buffer.from([0x30, ...lengthBytes, topic.length >> 8, topic.length & 255]),
    Buffer.from(topic),
  ]);
}

test('inboxes, presence and meeting places only: no wild cards, nothing retained, nothing of the broker itself', async () => {
  const client = await join();
  for (const topic of ['#', 'enkaku/#', 'enkaku/1/in/+', '$SYS/#', 'elsewhere', `${INBOX}/more`]) {
    const granted = await client.subscribeAsync(topic).catch(() => [{ qos: 128 }]);
    expect(
      granted.every(({ qos }) => qos === 128),
      topic,
    ).toBe(true);
  }
  expect(client.connected).toBe(true);
  for (const topic of ['elsewhere', `$SYS/${'a'.repeat(20)}/new/clients`, 'enkaku/1/in/short']) {
    const stranger = await join();
    stranger.publish(topic, 'x');
    await expect.poll(() => stranger.connected, WAIT).toBe(false);
  }
  const keeper = await join();
  keeper.publish(INBOX, 'x', { retain: true });
  await expect.poll(() => keeper.connected, WAIT).toBe(false);
});

test('a packet above 64 KiB ends its connection at its first bytes', async () => {
  const socket = await rawConnection('long');
  socket.write(publishHeader(OTHER, 65 * 1024));
  await closed(socket);
  // One of 256 MiB, promised slowly, holds no memory either.
  const slow = await rawConnection('slow');
  slow.write(Buffer.from([0x30, 0xff, 0xff, 0xff]));
  slow.write(Buffer.from([0x7f]));
  await closed(slow);
});

test('one connection cannot listen to everything', async () => {
  const client = await join();
  const topic = (index: number) => `enkaku/1/meet/${String(index).padStart(43, '0')}`;
  const first = Array.from({ length: 128 }, (_, index) => topic(index));
  expect((await client.subscribeAsync(first)).every(({ qos }) => qos < 128)).toBe(true);
  const beyond = await client.subscribeAsync(topic(999)).catch(() => [{ qos: 128 }]);
  expect(beyond[0]?.qos).toBe(128);
  // What is let go of makes room.
  await client.unsubscribeAsync(topic(0));
  expect((await client.subscribeAsync(topic(999)))[0]?.qos).toBe(0);
});

test(
  'floods of 64 KiB cost the flooders their connections, bounded memory, and those who talk nothing',
  { timeout: 120_000 },
  async () => {
    const { heard } = await listener(INBOX);
    // Hears the flood and never reads it.
    const frozen = await rawConnection('frozen');
    frozen.write(
      Buffer.concat([
        Buffer.from([0x82, 5 + OTHER.length, 0, 1, 0, OTHER.length]),
        Buffer.from(OTHER),
        Buffer.from([0]),
      ]),
    );
    frozen.pause();
    const sender = await join();
    const payload = Buffer.alloc(60 * 1024, 'x');
    const piece = Buffer.concat([publishHeader(OTHER, payload.length), payload]);
    let floods = 0;
    const end = new AbortController();
    const flood = async (name: number) => {
      while (!end.signal.aborted) {
        const socket = await rawConnection(`flood-${name}-${floods}`).catch(() => undefined);
        if (!socket) continue;
        floods += 1;
        for (let count = 0; count < 100 && !socket.destroyed; count++) socket.write(piece);
        await closed(socket);
      }
    };
    const flooding = Promise.all([1, 2, 3, 4].map(flood));
    for (let count = 1; count <= 50; count++) {
      await sender.publishAsync(INBOX, `word ${count}`, { qos: 1 });
    }
    await expect.poll(() => heard.length, WAIT).toBe(50);
    await expect.poll(() => floods, { timeout: 60_000 }).toBeGreaterThan(40);
    end.abort();
    await flooding;
    expect(sender.connected).toBe(true);
    expect(heard).toEqual(Array.from({ length: 50 }, (_, index) => `word ${index + 1}`));
    expect(peakResidentBytes('broker-process')).toBeGreaterThan(MIB);
    expect(peakResidentBytes('broker-process')).toBeLessThan(400 * MIB);
  },
);
