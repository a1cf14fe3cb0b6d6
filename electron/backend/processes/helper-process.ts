import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process that parses or decodes what strangers wrote, and may be killed at any time. */
export interface HelperProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (exit: HelperExit) => void): void;
  kill(): void;
}

/** How a helper ended; utility processes know the code only. */
export interface HelperExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export type HelperRole = 'ingest' | 'codec' | 'care' | 'device-host' | 'simulated-stage' | 'broker';

/** Electron starts helpers as utility processes through the shell, everything else by `forkHelper`. */
export type SpawnHelper = (role: HelperRole) => HelperProcess;

export interface HelperLimits {
  /** Of JavaScript objects; V8 ends the process beyond it. */
  readonly heapMib: number;
  /** Of everything the process holds; the watchdog inside ends it beyond this. */
  readonly residentMib: number;
  /** Of everything it could touch, array buffers included; Linux refuses allocations beyond it. */
  readonly dataMib: number;
}

const MIB = 1024 * 1024;

/** Node itself maps about 1300 MiB, most of them never touched, before it has read anything. */
const limitsByRole: Readonly<Record<HelperRole, HelperLimits>> = {
  ingest: { heapMib: 1024, residentMib: 1536, dataMib: 2560 },
  codec: { heapMib: 1024, residentMib: 3072, dataMib: 5120 },
  care: { heapMib: 512, residentMib: 1024, dataMib: 2560 },
  broker: { heapMib: 256, residentMib: 512, dataMib: 2560 },
  'device-host': { heapMib: 256, residentMib: 512, dataMib: 2560 },
  'simulated-stage': { heapMib: 128, residentMib: 256, dataMib: 2560 },
};

const entries: Readonly<Record<HelperRole, string>> = {
  ingest: './ingest-process.ts',
  codec: './codec-process.ts',
  care: './care-process.ts',
  broker: './broker-process.ts',
  'device-host': '../../device-host/main-process.ts',
  'simulated-stage': '../../device-host/simulated/stage-process.ts',
};

/** File of a helper and the arguments that keep it within its limits, for whoever starts it. */
export function helperEntry(role: HelperRole) {
  return {
    file: fileURLToPath(new URL(entries[role], import.meta.url)),
    ...helperArguments(limitsByRole[role]),
  };
}

export const forkHelper: SpawnHelper = (role) => startHelper(helperEntry(role).file, limitsByRole[role]);

function helperArguments({ heapMib, residentMib }: HelperLimits) {
  return {
    execArgv: [`--max-old-space-size=${heapMib}`, '--disable-warning=ExperimentalWarning'],
    args: [`--resident-limit-bytes=${residentMib * MIB}`],
  };
}

export function startHelper(file: string, limits: HelperLimits): HelperProcess {
  const { execArgv, args } = helperArguments(limits);
  const { command, commandArgs } = boundedCommand([...execArgv, file, ...args], limits);
  const child = spawn(command, commandArgs, {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    send: (message) => {
      // A dead helper cannot be written to; its exit tells.
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      child.on('exit', (code, signal) => listener({ code, signal }));
      child.on('error', () => {
        if (child.pid === undefined) listener({ code: null, signal: null });
      });
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Linux counts array buffers as data of the process; other systems leave them to the watchdog alone. */
function boundedCommand(nodeArgs: readonly string[], { dataMib }: HelperLimits) {
  if (process.platform !== 'linux') return { command: process.execPath, commandArgs: nodeArgs };
  const script = `ulimit -d ${dataMib * 1024}; exec "$0" "$@"`;
  return { command: '/bin/sh', commandArgs: ['-c', script, process.execPath, ...nodeArgs] };
}
