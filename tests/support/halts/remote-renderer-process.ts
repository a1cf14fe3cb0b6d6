// The pathologist's page as far as motion is concerned: says again and again what the hand means now.
import net from 'node:net';
import { INTENT_INTERVAL_MS } from '#shared/motion/limits-of-time.ts';
import type { MotionIntent } from '#shared/motion/intent.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { createLineReader } from '#device-host/line-reader.ts';
import type { RendererOrder } from './orders.ts';

const [backend = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));

let velocityUmPerS: PositionUm | null = null;
let newest: Telemetry | undefined;
let sequence = Math.round(performance.timeOrigin);
let connection: net.Socket | undefined;
process.on('message', (order: RendererOrder) => ({ velocityUmPerS } = order));

function connect(): void {
  const socket = net.connect(backend);
  const read = createLineReader('\n', 10_000, (line) => (newest = JSON.parse(line) as Telemetry));
  socket.on('connect', () => (connection = socket));
  socket.on('data', (chunk: Buffer) => read(chunk.toString()));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    connection = undefined;
    setTimeout(connect, 50);
  });
}
connect();

setInterval(() => {
  if (!newest || !connection) return;
  const { lease, nonce, deviceTimeMs } = newest;
  const common = { leaseEpoch: lease.epoch, sequence: sequence++, nonce };
  const intent: MotionIntent = velocityUmPerS
    ? { ...common, kind: 'velocity', velocityUmPerS, shownFrameDeviceTimeMs: deviceTimeMs }
    : { ...common, kind: 'rest' };
  connection.write(`${JSON.stringify(intent)}\n`);
}, INTENT_INTERVAL_MS);
