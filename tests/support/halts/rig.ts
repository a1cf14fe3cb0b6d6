import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync, unlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RECORD_BYTES, readPositionLog } from '#device-host/simulated/position-log.ts';
import type { LoggedPosition } from '#device-host/simulated/position-log.ts';
import type { PositionUm } from '#shared/motion/position.ts';
import { pause } from '../device-host.ts';
import { temporaryDirectory } from '../workstation.ts';
import type { BenchReport, LinkOrder, RelayOrder, RemoteReport, RendererOrder } from './orders.ts';

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const MOSQUITTO = '/usr/sbin/mosquitto';
const UNTIL_MS = 20_000;

type Role = 'bench' | 'relay' | 'remoteBackend' | 'remoteRenderer' | 'broker';

export interface RigOptions {
  /** All processes see the wall clock that `jumpClock` sets; the monotonic one stays as it is. */
  readonly hasJumpingClock: boolean;
  readonly hasBroker: boolean;
}

/** Two hospitals as processes: page, backend, relay, backend, device host and stage; and a broker beside. */
export class HaltRig {
  readonly #options: RigOptions;
  readonly #folder = temporaryDirectory();
  readonly #processes = new Map<Role, ChildProcess>();
  readonly #busy: ChildProcess[] = [];
  #linkEpoch = 0;
  #benches = 0;
  #brokerUrl = '';
  #bench: BenchReport | undefined;
  #remote: (RemoteReport & { readonly atMs: number }) | undefined;

  constructor(options: RigOptions) {
    this.#options = options;
  }

  get hostPid(): number {
    if (!this.#bench) throw new Error('no device host');
    return this.#bench.hostPid;
  }

  get positionUm(): PositionUm | undefined {
    return this.#remote?.positionUm;
  }

  pidOf(role: Role): number {
    const pid = this.#processes.get(role)?.pid;
    if (pid === undefined) throw new Error(`${role} is not running`);
    return pid;
  }

  /** Starts whatever is not running (any more) and waits until the remote steers. */
  async ready(): Promise<void> {
    if (this.#options.hasBroker) await this.#startBroker();
    const hasLostOne = (['bench', 'remoteBackend'] as const).some((role) => !this.#isRunning(role));
    if (!this.#isRunning('bench')) this.#startBench();
    if (!this.#isRunning('relay'))
      await this.#start('relay', 'relay-process', [this.#at('relay'), this.#at('bench')]);
    if (hasLostOne) this.#linkEpoch += 1;
    if (!this.#isRunning('remoteBackend')) {
      await this.#start('remoteBackend', 'remote-backend-process', [
        this.#at('relay'),
        this.#at('page'),
        this.#brokerUrl,
        String(this.#linkEpoch),
      ]);
    } else if (hasLostOne) this.#tell('remoteBackend', { linkEpoch: this.#linkEpoch } satisfies LinkOrder);
    if (!this.#isRunning('remoteRenderer')) {
      void this.#start('remoteRenderer', 'remote-renderer-process', [this.#at('page')]);
    }
    this.mean(null);
    await until(() => this.#bench !== undefined, 'a device host');
    if (hasLostOne) this.#tell('bench', { linkEpoch: this.#linkEpoch } satisfies LinkOrder);
    const sinceMs = performance.now();
    await until(() => (this.#remote?.atMs ?? 0) > sinceMs && this.#remote?.isInControl === true, 'control');
  }

  /** A new device host knows nothing of the link. */
  async readyAfterNewHost(oldPid: number): Promise<void> {
    await until(() => this.#bench !== undefined && this.#bench.hostPid !== oldPid, 'a new device host');
    this.#linkEpoch += 1;
    this.#tell('remoteBackend', { linkEpoch: this.#linkEpoch } satisfies LinkOrder);
    this.#tell('bench', { linkEpoch: this.#linkEpoch } satisfies LinkOrder);
  }

  mean(velocityUmPerS: PositionUm | null): void {
    this.#tell('remoteRenderer', { velocityUmPerS } satisfies RendererOrder);
  }

  cut(isCut: boolean): void {
    this.#tell('relay', { isCut } satisfies RelayOrder);
  }

  jumpClock(seconds: number): void {
    writeFileSync(this.#at('clock'), `${seconds < 0 ? '' : '+'}${seconds}`);
  }

  makeBusy(): void {
    for (let core = 0; core < 2; core++) {
      this.#busy.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    }
  }

  endBusy(): void {
    for (const child of this.#busy.splice(0)) child.kill('SIGKILL');
  }

  /** Records of the stage's own log from this time on. */
  positionsSince(atMs: number): LoggedPosition[] {
    const file = openSync(this.#logPath, 'r');
    try {
      const { size } = fstatSync(file);
      const bytes = Buffer.alloc(Math.min(size - (size % RECORD_BYTES), 8000 * RECORD_BYTES));
      readSync(file, bytes, 0, bytes.length, size - (size % RECORD_BYTES) - bytes.length);
      return readPositionLog(bytes).filter((position) => position.atMs >= atMs);
    } finally {
      closeSync(file);
    }
  }

  /** After a trial that went wrong: everything as it should be, so that the next one starts well. */
  async calmDown(): Promise<void> {
    this.endBusy();
    if (this.#options.hasJumpingClock) this.jumpClock(0);
    for (const child of this.#processes.values()) child.kill('SIGCONT');
    try {
      if (this.#bench) process.kill(this.#bench.hostPid, 'SIGCONT');
    } catch {
      // It is gone; its backend starts another.
    }
    this.cut(false);
    this.mean(null);
    await pause(500);
  }

  async close(): Promise<void> {
    this.endBusy();
    for (const child of this.#processes.values()) {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    }
    // The stage outlives its backend for a moment.
    await pause(1200);
    this.#folder.remove();
  }

  get #logPath(): string {
    return this.#at(`position-${this.#benches}.log`);
  }

  #at(name: string): string {
    return path.join(this.#folder.path, name);
  }

  #isRunning(role: Role): boolean {
    const child = this.#processes.get(role);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  #tell(role: Role, order: object): void {
    const child = this.#processes.get(role);
    if (child?.connected) child.send(order, () => {});
  }

  #startBench(): void {
    this.#bench = undefined;
    this.#benches += 1;
    const child = this.#fork('bench', 'bench-process', [this.#at('bench'), this.#logPath, this.#brokerUrl]);
    child.on('message', (report) => (this.#bench = report as BenchReport));
  }

  async #start(role: Role, program: string, args: string[]): Promise<void> {
    const child = this.#fork(role, program, args);
    if (role === 'remoteBackend') {
      child.on('message', (report) => {
        if (typeof report === 'object') {
          this.#remote = { ...(report as RemoteReport), atMs: performance.now() };
        }
      });
    }
    if (role !== 'remoteRenderer') await new Promise((resolve) => child.once('message', resolve));
  }

  #fork(role: Role, program: string, args: string[]): ChildProcess {
    for (const socket of role === 'remoteRenderer' ? [] : [this.#at(socketOf[role] ?? role)]) {
      if (existsSync(socket)) removeSocket(socket);
    }
    const child = fork(fileURLToPath(new URL(`./${program}.ts`, import.meta.url)), args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, ...(this.#options.hasJumpingClock && this.#clockEnvironment()) },
    });
    this.#processes.set(role, child);
    return child;
  }

  #clockEnvironment(): Record<string, string> {
    if (!existsSync(this.#at('clock'))) this.jumpClock(0);
    return {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: this.#at('clock'),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  async #startBroker(): Promise<void> {
    if (this.#isRunning('broker')) return;
    const port = this.#brokerUrl === '' ? await freePort() : Number(new URL(this.#brokerUrl).port);
    this.#brokerUrl = `mqtt://127.0.0.1:${port}`;
    writeFileSync(this.#at('broker.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
    this.#processes.set('broker', spawn(MOSQUITTO, ['-c', this.#at('broker.conf')], { stdio: 'ignore' }));
    await until(() => canConnect(port), 'the broker');
  }
}

const socketOf: Partial<Record<Role, string>> = { remoteBackend: 'page' };

function removeSocket(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Gone already.
  }
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadlineMs = performance.now() + UNTIL_MS;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`never: ${what}`);
    await pause(10);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });
}
