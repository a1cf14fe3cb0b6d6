// The pathologist's backend as far as motion is concerned. Arguments: relay, where its page connects, broker, epoch.
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import mqtt from 'mqtt';
import { RemoteMicroscope } from '#backend/services/microscope/remote-microscope.ts';
import { streamOf } from '#shared/link/seal.ts';
import type { MotionIntent } from '#shared/motion/intent.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { createLineReader } from '#device-host/line-reader.ts';
import { framed, onFramed } from './framed-socket.ts';
import { keysOf } from './orders.ts';
import type { LinkOrder, RemoteReport } from './orders.ts';

const [relay = '', listenAt = '', broker = '', firstEpoch = '0'] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
if (broker !== '') mqtt.connect(broker).on('error', () => {});

const pages = new Set<net.Socket>();
let path: net.Socket | undefined;
let microscope: RemoteMicroscope | undefined;
let askedAtMs = -Infinity;
const ASK_AGAIN_MS = 200;

function connect(): void {
  const socket = net.connect(relay);
  socket.on('connect', () => (path = socket));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    path = undefined;
    setTimeout(connect, 50);
  });
  onFramed(socket, (sealed) => {
    const stream = streamOf(sealed);
    if (stream === 'telemetry') void microscope?.telemetryArrived(sealed);
    else if (stream === 'reply') void microscope?.replyArrived(sealed);
  });
}

async function open({ linkEpoch }: LinkOrder): Promise<void> {
  microscope?.close();
  microscope = new RemoteMicroscope({
    keys: await keysOf(linkEpoch),
    epoch: linkEpoch,
    sendOn: (_channel, bytes) => void path?.write(framed(bytes)),
    onTelemetry: hear,
  });
}

function hear(telemetry: Telemetry): void {
  const { lease, slide, positionUm } = telemetry;
  process.send?.({ isInControl: lease.holder === 'remote', positionUm } satisfies RemoteReport);
  for (const page of pages) page.write(`${JSON.stringify(telemetry)}\n`);
  if (performance.now() - askedAtMs < ASK_AGAIN_MS) return;
  askedAtMs = performance.now();
  if (slide && !slide.agreedBy.includes('remote')) {
    void microscope
      ?.request({ kind: 'agree-slide', slideId: slide.slideId, label: slide.label })
      .catch(() => {});
  }
  if (lease.holder !== 'remote') void microscope?.request({ kind: 'request-lease' }).catch(() => {});
}

net
  .createServer((page) => {
    pages.add(page);
    page.on('error', () => page.destroy());
    page.on('close', () => pages.delete(page));
    const read = createLineReader('\n', 10_000, (line) => {
      void microscope?.intend(JSON.parse(line) as MotionIntent);
    });
    page.on('data', (chunk: Buffer) => read(chunk.toString()));
  })
  .listen(listenAt, () => process.send?.(`listening ${randomUUID()}`));

process.on('message', (order: LinkOrder) => void open(order));
await open({ linkEpoch: Number(firstEpoch) });
connect();
