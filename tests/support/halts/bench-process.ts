// The hospital's backend as far as motion is concerned. Arguments: where to listen for the relay, position log, broker.
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import mqtt from 'mqtt';
import pino from 'pino';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { startSimulatedStage } from '#backend/processes/simulated-stage.ts';
import { OwnDeviceHost } from '#backend/services/microscope/own-device-host.ts';
import { streamOf } from '#shared/link/seal.ts';
import type { DeviceRequest } from '#shared/motion/intent.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { framed, onFramed } from './framed-socket.ts';
import { keysOf, sessionId } from './orders.ts';
import type { BenchReport, LinkOrder } from './orders.ts';

const [listenAt = '', logPath = '', broker = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));
if (broker !== '') mqtt.connect(broker).on('error', () => {});

const stage = startSimulatedStage({ spawnHelper: forkHelper, logPath });
const connections = new Set<net.Socket>();
let linkEpoch: number | undefined;
let reportedPid: number | undefined;

const own = new OwnDeviceHost(simulatedMicroscope, {
  start: () => forkHelper('device-host'),
  findSimulatedStage: () => stage.socketPath,
  log: pino({ enabled: false }),
  measureFocus: () => Promise.reject(new Error('no camera')),
  onTelemetry: (telemetry) => void help(telemetry),
  onSealed: ({ bytes }) => {
    for (const socket of connections) socket.write(framed(Buffer.from(bytes, 'base64')));
  },
  onSimulatedOptics: () => {},
  onStateChanged: () => {
    void report();
    void openRemote();
  },
});

net
  .createServer((socket) => {
    connections.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => connections.delete(socket));
    onFramed(socket, (sealed) => {
      const stream = streamOf(sealed);
      if ((stream !== 'motion' && stream !== 'request') || !own.isRunning) return;
      void own.client
        .receiveSealed({ stream, bytes: Buffer.from(sealed).toString('base64') })
        .catch(() => {});
    });
  })
  .listen(listenAt);

process.on('message', (order: LinkOrder) => {
  linkEpoch = order.linkEpoch;
  void openRemote();
});

async function openRemote(): Promise<void> {
  if (linkEpoch === undefined || !own.isRunning) return;
  const keys = await keysOf(linkEpoch);
  const text = (key: Uint8Array) => Buffer.from(key).toString('base64');
  await own.client.openRemote({
    sessionId,
    linkEpoch,
    motionKey: text(keys.motion),
    requestKey: text(keys.request),
    telemetryKey: text(keys.telemetry),
    replyKey: text(keys.reply),
  });
}

async function report(): Promise<void> {
  if (!own.isRunning) return;
  const { pid } = await own.client.describe({});
  if (pid === reportedPid) return;
  reportedPid = pid;
  process.send?.({ hostPid: pid, positionLogPath: logPath } satisfies BenchReport);
}

/** Somebody at the bench who says yes: a label for the slide, and control for whoever asks. */
async function help({ lease, slide }: Telemetry): Promise<void> {
  const request = async (asked: DeviceRequest) => {
    await own.client.request({ requestId: randomUUID(), by: 'bench', request: asked }).catch(() => {});
  };
  if (!own.isRunning) return;
  if (!slide) await request({ kind: 'propose-slide', slideId: randomUUID(), label: 'K26-0001 A1' });
  else if (lease.requestedBy === 'remote') await request({ kind: 'grant-lease', to: 'remote' });
}
