// Entry as a utility process of Electron: calls through ports that the shell hands over, bytes on the local endpoint.
import { parseArgs } from 'node:util';
import type { BackendToShell, ShellToBackend } from '#shared/contract/shell-messages.ts';
import { parseSpecimen } from '#shared/contract/specimen.ts';
import { parseBroker } from '#shared/link/broker-choice.ts';
import { composeBackend } from './compose.ts';
import { ShellHelpers } from './shell-helpers.ts';
import { startFailureOf } from './start-failure.ts';
import { TrialRequests } from './trial-requests.ts';
import { createHandedPort } from './transport/handed-port.ts';
import type { HandedPort, ParentPort } from './transport/handed-port.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    broker: { type: 'string', default: 'embedded' },
    specimen: { type: 'string', default: '' },
  },
});
const { parentPort } = process as NodeJS.Process & { parentPort?: ParentPort };
if (!parentPort) throw new Error('this program is started by Electron as a utility process');

// A port that is collected as garbage is a closed port.
const ports = new Set<HandedPort>();
const tellShell = (message: BackendToShell) => parentPort.postMessage(message);
const helpers = new ShellHelpers(tellShell);

try {
  await serve(parentPort);
} catch (error) {
  tellShell(startFailureOf(error));
  // The message needs a moment to leave; the shell waits for the end of this process.
  setTimeout(() => process.exit(1), 200);
}

async function serve(shell: ParentPort): Promise<void> {
  const trials = new TrialRequests(() => tellShell({ event: 'start-trial' }));
  const backend = composeBackend(values.data, helpers.spawn, {
    showWindow: () => {
      tellShell({ event: 'show-window' });
      return { isShown: true };
    },
    startTrial: trials.request,
    wantBulkPage: (isWanted) => tellShell({ event: 'bulk-page', isWanted }),
  });
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await backend.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  shell.on('message', ({ data, ports: [port] }) => {
    const order = data as ShellToBackend;
    if (order.order === 'stop') void stop();
    else if (order.order === 'trial-started' || order.order === 'trial-failed') trials.answered(order);
    else if (order.order === 'helper-ended') helpers.ended(order.id, order.code);
    else if (!port) return;
    else if (order.order === 'helper-started') helpers.started(order.id, port);
    else {
      ports.add(port);
      port.on('close', () => ports.delete(port));
      backend.attach(createHandedPort(port));
    }
  });
  await backend.endpoint.listen();
  // The shell starts the broker, and is heard by now.
  await backend.start(parseBroker(values.broker), parseSpecimen(values.specimen));
  tellShell({ event: 'serving', endpoint: backend.endpoint.address });
}
