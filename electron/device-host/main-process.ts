// The process that moves the microscope: started by the backend, without database, page or network.
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { deviceHost, focusMeter } from '#shared/contract/device-host.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Port } from '#shared/rpc/frames.ts';
import { RpcServer } from '#shared/rpc/serve.ts';
import { createDeviceHost } from './device-host.ts';
import { monotonicMs } from './monotonic.ts';
import { connectToBackend } from './parent-channel.ts';

/** What was told to the controller at the end still has to leave this process. */
const LAST_WORDS_MS = 150;

const goneListeners = new Set<() => void>();
const backend = connectToBackend(() => {
  host.close();
  for (const listener of goneListeners) listener();
  setTimeout(() => process.exit(0), LAST_WORDS_MS);
});
const port: Port = {
  send: (frame) => backend.send(frame),
  onFrame: (listener) => backend.onMessage(listener),
  onClose: (listener) => void goneListeners.add(listener),
};

const { client } = new RpcConnection({ focusMeter }, port);
const host = createDeviceHost({
  nowMs: monotonicMs,
  measureFocus: (afterDeviceTimeMs) => client.focusMeter.measure({ afterDeviceTimeMs }),
  tell: {
    telemetry: (telemetry) => server.announce('deviceHost', 'telemetry', telemetry),
    sealed: (sealed) => server.announce('deviceHost', 'sealed', sealed),
    simulatedOptics: (optics) => server.announce('deviceHost', 'simulatedOptics', optics),
  },
});
const server = new RpcServer({
  contracts: { deviceHost },
  services: { deviceHost: host.service },
  reportInternalError: (name, error) => {
    const reference = randomUUID();
    process.stderr.write(`${reference} ${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
    return reference;
  },
});
raisePriority();
server.attach(port, 'backend');

/** Others may be busy when something has to stop. Not every system permits this, and it works without. */
function raisePriority(): void {
  try {
    os.setPriority(os.constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Not permitted: finite moves end by themselves anyway.
  }
}
