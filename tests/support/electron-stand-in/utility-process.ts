import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PortBridge } from './ports.ts';
import type { MessagePortMain, PortMessage } from './ports.ts';
import { requireKeys, requireReady } from './strictness.ts';

type FromChild = PortMessage | { readonly kind: 'message'; readonly data: unknown };

/** Utility processes that are alive, for the application's end. */
export const alive = new Set<UtilityProcess>();
/** Told about every end, as `child-process-gone` is. */
export const gone = new EventEmitter();

let nextPort = 1;

export class UtilityProcess extends EventEmitter {
  pid: number | undefined;
  readonly serviceName: string;
  readonly #child: ChildProcess;
  readonly #bridge: PortBridge;

  constructor(modulePath: string, args: readonly string[], options: Record<string, unknown>) {
    super();
    this.serviceName = (options['serviceName'] as string | undefined) ?? 'Node Utility Process';
    const [stdin, stdout, stderr] = options['stdio'] as ('ignore' | 'inherit')[];
    if (stdin !== 'ignore') throw new Error('stdin value other than ignore is not supported.');
    const standIn = fileURLToPath(new URL('./utility-side.ts', import.meta.url));
    this.#child = fork(modulePath, args, {
      serialization: 'advanced',
      stdio: ['ignore', stdout ?? 'inherit', stderr ?? 'inherit', 'ipc'],
      execArgv: ['--import', standIn, ...((options['execArgv'] as string[] | undefined) ?? [])],
    });
    this.#bridge = new PortBridge((message) => this.#send(message));
    alive.add(this);
    this.#child.on('spawn', () => {
      this.pid = this.#child.pid;
      this.emit('spawn');
    });
    this.#child.on('message', (message: FromChild) => {
      if (message.kind === 'message') this.emit('message', message.data);
      else this.#bridge.take(message);
    });
    this.#child.on('exit', (code, signal) => {
      this.pid = undefined;
      alive.delete(this);
      this.#bridge.closeAll();
      this.emit('exit', code ?? 1);
      const reason = signal ? 'killed' : code === 0 ? 'clean-exit' : 'abnormal-exit';
      gone.emit('gone', { type: 'Utility', reason, exitCode: code ?? 1, serviceName: this.serviceName });
    });
  }

  /** What a process that has just died is sent is lost, as with Electron. */
  #send(message: Parameters<ChildProcess['send']>[0]): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  postMessage(message: unknown, transfer: readonly MessagePortMain[] = []): void {
    const data = structuredClone(message);
    const ports = transfer.map(() => nextPort++);
    this.#send({ kind: 'message', data, ports });
    transfer.forEach((port, index) => this.#bridge.send(port, ports[index] ?? 0));
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM');
  }
}

export const utilityProcess = {
  fork: (
    modulePath: string,
    args: readonly string[] = [],
    options: Record<string, unknown> = {},
  ): UtilityProcess => {
    requireReady('utilityProcess.fork');
    requireKeys('utilityProcess.fork', options, 'ForkOptions');
    return new UtilityProcess(modulePath, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  },
};
