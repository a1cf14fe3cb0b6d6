import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process that parses or decodes what strangers wrote, and may be killed at any time. */
export interface HelperProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: () => void): void;
  kill(): void;
}

export type HelperRole = 'ingest' | 'codec';

/** Electron starts helpers as utility processes through the shell, everything else by `fork`. */
export type SpawnHelper = (role: HelperRole) => HelperProcess;

const entries: Readonly<Record<HelperRole, string>> = {
  ingest: './ingest-process.ts',
  codec: './codec-process.ts',
};

export const forkHelper: SpawnHelper = (role) => {
  const child = fork(fileURLToPath(new URL(entries[role], import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--max-old-space-size=512', '--disable-warning=ExperimentalWarning'],
  });
  return {
    send: (message) => void (child.connected && child.send(message as object)),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill('SIGKILL'),
  };
};
