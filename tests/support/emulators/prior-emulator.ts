import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { SerialPort } from 'serialport';
import { pause } from '../device-host.ts';
import { temporaryDirectory } from '../workstation.ts';

const TICK_MS = 5;
const STAGE_FULL_STEPS_PER_S = 20_000;
const FOCUS_FULL_STEPS_PER_S = 20_000;

interface Move {
  readonly toward: Record<'x' | 'y' | 'z', number>;
  readonly speedPerTick: number;
}

/**
 * A ProScan at the other end of a real pseudo-terminal, line by line: standard mode, `R` when a move has
 * ended, queued moves, `E,n`. Misbehaves when told to.
 */
export class PriorEmulator {
  readonly commands: string[] = [];
  readonly position = { x: 0, y: 0, z: 0 };
  /** Everywhere it has been, for what must never have moved. */
  readonly visited: { readonly x: number; readonly y: number; readonly z: number }[] = [];
  /** Where the stage hits its end switch, steps of x to the right. */
  endOfXSteps = Number.POSITIVE_INFINITY;
  /** From now on nothing is answered. */
  isSilent = false;
  /** Answers with this instead, once. */
  instead: string | undefined;
  /** Answers arrive in pieces. */
  isHalting = false;
  readonly #folder = temporaryDirectory();
  #socat: ChildProcess | undefined;
  #port: SerialPort | undefined;
  #rest = '';
  #moves: Move[] = [];
  #percent = { SMS: 100, SMZ: 100 };
  #timer: NodeJS.Timeout | undefined;

  /** Path of the controller's end of the cable. */
  async plugIn(): Promise<string> {
    const [mine, theirs] = [path.join(this.#folder.path, 'mine'), path.join(this.#folder.path, 'theirs')];
    this.#socat = spawn('socat', [`pty,raw,echo=0,link=${mine}`, `pty,raw,echo=0,link=${theirs}`], {
      stdio: 'ignore',
    });
    while (!existsSync(mine) || !existsSync(theirs)) await pause(10);
    const port = new SerialPort({ path: realpathSync(mine), baudRate: 9600 });
    port.on('data', (chunk: Buffer) => this.#hear(chunk.toString('latin1')));
    port.on('error', () => {});
    port.on('close', () => {});
    this.#port = port;
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    return realpathSync(theirs);
  }

  /** In the middle of whatever it does. The controller goes on by itself. */
  async pullCable(): Promise<void> {
    this.#socat?.kill('SIGKILL');
    await pause(50);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.pullCable();
    if (this.#port?.isOpen) this.#port.close(() => {});
    this.#folder.remove();
  }

  #hear(chunk: string): void {
    const lines = (this.#rest + chunk).split('\r');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') this.#obey(line.trim());
  }

  #obey(command: string): void {
    this.commands.push(command);
    const [name = '', ...args] = command.split(/[ ,;:\t]+/);
    const numbers = args.map(Number);
    switch (name.toUpperCase()) {
      case 'COMP':
        return this.#answer('0');
      case 'RES':
        return this.#answer(args[0]?.toUpperCase() === 'Z' ? '0.1' : '1');
      case 'SMS':
      case 'SMZ':
        this.#percent[name.toUpperCase() as 'SMS' | 'SMZ'] = numbers[0] ?? 100;
        return this.#answer('0');
      case 'LIGHT':
        return this.#answer('0');
      case '$':
        return this.#answer(this.#moves.length > 0 ? '3' : '0');
      case 'PX':
        return this.#answer(String(Math.round(this.position.x)));
      case 'PY':
        return this.#answer(String(Math.round(this.position.y)));
      case 'PZ':
        return this.#answer(String(Math.round(this.position.z)));
      case 'LMT':
        return this.#answer(this.position.x >= this.endOfXSteps ? '01' : '00');
      case 'GR':
        return this.#queue({ x: numbers[0] ?? 0, y: numbers[1] ?? 0, z: 0 }, 'SMS');
      case 'U':
        return this.#queue({ x: 0, y: 0, z: numbers[0] ?? 0 }, 'SMZ');
      case 'D':
        return this.#queue({ x: 0, y: 0, z: -(numbers[0] ?? 0) }, 'SMZ');
      case 'K': {
        const stopped = this.#moves.splice(0).length;
        for (let move = 0; move < stopped; move++) this.#answer('R');
        return this.#answer('R');
      }
      default:
        return this.#answer('E,4');
    }
  }

  #queue(delta: Record<'x' | 'y' | 'z', number>, speed: 'SMS' | 'SMZ'): void {
    if (this.#moves.length >= 100) return this.#answer('E,18');
    const from = this.#moves.at(-1)?.toward ?? this.position;
    const full = speed === 'SMS' ? STAGE_FULL_STEPS_PER_S : FOCUS_FULL_STEPS_PER_S;
    this.#moves.push({
      toward: { x: from.x + delta.x, y: from.y + delta.y, z: from.z + delta.z },
      speedPerTick: (full * this.#percent[speed] * TICK_MS) / 100_000,
    });
    return undefined;
  }

  #tick(): void {
    const move = this.#moves[0];
    if (!move) return;
    let left = 0;
    for (const axis of ['x', 'y', 'z'] as const) {
      const distance = move.toward[axis] - this.position[axis];
      this.position[axis] += Math.sign(distance) * Math.min(Math.abs(distance), move.speedPerTick);
      left += Math.abs(move.toward[axis] - this.position[axis]);
    }
    // The switch cuts the motor off: the move ends there.
    if (this.position.x >= this.endOfXSteps && move.toward.x > this.endOfXSteps) {
      this.position.x = this.endOfXSteps;
      left = 0;
    }
    this.visited.push({ ...this.position });
    if (left > 0) return;
    this.#moves.shift();
    this.#answer('R');
  }

  #answer(text: string): void {
    if (this.isSilent) return;
    const line = `${this.instead ?? text}\r`;
    this.instead = undefined;
    if (!this.isHalting) {
      this.#port?.write(line);
      return;
    }
    this.#port?.write(line.slice(0, 1));
    setTimeout(() => this.#port?.write(line.slice(1)), 15);
  }
}
