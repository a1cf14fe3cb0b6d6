import { SerialPort } from 'serialport';
import type { FaultCode } from '#shared/motion/faults.ts';
import type { ControllerConfiguration } from '#shared/motion/microscope-configuration.ts';
import { createLineReader } from '../line-reader.ts';
import type { Controller } from './controller.ts';
import { ControllerFault, createSteppedController } from './stepped-controller.ts';
import type { Step, SteppedPort } from './stepped-controller.ts';

/**
 * Prior ProScan III over a serial line. Commands end with CR, answers too. In standard mode (`COMP 0`) a move
 * is answered by `R` when it has ended, other commands at once, mistakes by `E,n`. The position of Z is read
 * again after every move. `SIS` (drives to the end switches) is never sent: it needs a person beside it.
 */

type Settings = Extract<ControllerConfiguration, { driver: 'prior-proscan' }>;

const ANSWER_TIMEOUT_MS = 400;
/** A step is over after 120 ms at its speed; this long is silence. */
const STEP_TIMEOUT_MS = 1000;
const MAXIMUM_LINE = 80;
/** Speed at 100 % as shipped; a slower stage makes shorter steps, never longer ones. */
const STAGE_FULL_UM_PER_S = 20_000;
const FOCUS_FULL_UM_PER_S = 2000;
const FALLBACK_UM_PER_STEP = { stage: 1, focus: 0.1 } as const;

const faultOfError: Readonly<Record<string, FaultCode>> = {
  4: 'command-refused',
  8: 'value-out-of-range',
  18: 'queue-full',
};

interface Waiting {
  readonly accepts: RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (fault: ControllerFault) => void;
  readonly timer: NodeJS.Timeout;
}

export function openPrior(settings: Settings): Controller {
  return createSteppedController(new PriorPort(settings));
}

class PriorPort implements SteppedPort {
  readonly toleranceUm = { stage: 1, focus: 0.2 };
  readonly brakingUmPerS2 = { stage: 200_000, focus: 30_000 };
  readonly #settings: Settings;
  #port: SerialPort | undefined;
  #waiting: Waiting | undefined;
  #umPerStep: { stage: number; focus: number } = { ...FALLBACK_UM_PER_STEP };
  #percent = { SMS: 0, SMZ: 0 };

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  async open(): Promise<void> {
    const { serialPath: path, baudRate } = this.#settings;
    const port = new SerialPort({ path, baudRate, autoOpen: false });
    const read = createLineReader('\r', MAXIMUM_LINE, (line) => this.#hear(line.trim()));
    port.on('data', (chunk: Buffer) => read(chunk.toString('latin1')));
    port.on('error', () => this.#lost());
    port.on('close', () => this.#lost());
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(openingFault(error)) : resolve()));
    });
    this.#port = port;
    this.#percent = { SMS: 0, SMZ: 0 };
    // Whatever a program before this one has left half-said.
    port.write('\r');
    await new Promise((resolve) => setTimeout(resolve, 20));
    await this.#ask('COMP 0', /^(0|R)$/);
    this.#umPerStep = {
      stage: await this.#resolution('RES,s', FALLBACK_UM_PER_STEP.stage),
      focus: await this.#resolution('RES,Z', FALLBACK_UM_PER_STEP.focus),
    };
  }

  async step({ deltaUm, speedUmPerS }: Step): Promise<void> {
    const steps = (um: number, umPerStep: number) => Math.round(um / umPerStep);
    const x = steps(deltaUm.x, this.#umPerStep.stage);
    const y = steps(deltaUm.y, this.#umPerStep.stage);
    const z = steps(deltaUm.z, this.#umPerStep.focus);
    if (x !== 0 || y !== 0) {
      const speed = Math.hypot(speedUmPerS.x, speedUmPerS.y);
      await this.#setSpeed('SMS', speed / STAGE_FULL_UM_PER_S);
      await this.#ask(`GR,${x},${y}`, /^R$/, STEP_TIMEOUT_MS);
    }
    if (z !== 0) {
      await this.#setSpeed('SMZ', speedUmPerS.z / FOCUS_FULL_UM_PER_S);
      await this.#ask(`${z > 0 ? 'U' : 'D'},${Math.abs(z)}`, /^R$/, STEP_TIMEOUT_MS);
    }
  }

  async read() {
    const { stage, focus } = this.#umPerStep;
    const isMoving = (await this.#number('$')) !== 0;
    return {
      positionUm: {
        x: (await this.#number('PX')) * stage,
        y: (await this.#number('PY')) * stage,
        z: (await this.#number('PZ')) * focus,
      },
      isMoving,
    };
  }

  /** Two hexadecimal digits, a bit for each end of each axis. A controller without the command has no switches. */
  async isAtEndSwitch(): Promise<boolean> {
    const pressed = await this.#ask('LMT', /^[0-9A-F]{1,2}$/i).catch((error: unknown) => {
      if (error instanceof ControllerFault && error.code === 'command-refused') return '0';
      throw error;
    });
    return Number.parseInt(pressed, 16) !== 0;
  }

  /** Written past whatever waits for an answer; a step under way is answered by its `R` then. */
  stopNow(): void {
    this.#port?.write('K\r');
  }

  async setLamp(percent: number): Promise<void> {
    await this.#ask(`LIGHT,${Math.round(percent)}`, /^(0|R)$/);
  }

  close(): void {
    const port = this.#port;
    this.#port = undefined;
    if (port?.isOpen) port.close(() => {});
  }

  async #setSpeed(command: 'SMS' | 'SMZ', share: number): Promise<void> {
    const percent = Math.min(100, Math.max(1, Math.round(share * 100)));
    if (this.#percent[command] === percent) return;
    await this.#ask(`${command},${percent}`, /^(0|R)$/);
    this.#percent[command] = percent;
  }

  async #resolution(command: string, fallback: number): Promise<number> {
    const umPerStep = await this.#number(command).catch((error: unknown) => {
      if (error instanceof ControllerFault && error.code === 'command-refused') return fallback;
      throw error;
    });
    return umPerStep > 0 ? umPerStep : fallback;
  }

  async #number(command: string): Promise<number> {
    return Number(await this.#ask(command, /^-?\d+(\.\d+)?$/));
  }

  #ask(command: string, accepts: RegExp, timeoutMs = ANSWER_TIMEOUT_MS): Promise<string> {
    const port = this.#port;
    if (!port?.isOpen) return Promise.reject(new ControllerFault('controller-gone'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        reject(new ControllerFault('controller-silent', `no answer to ${command}`));
      }, timeoutMs);
      this.#waiting = { accepts, resolve, reject, timer };
      port.write(`${command}\r`);
    });
  }

  #hear(line: string): void {
    const waiting = this.#waiting;
    // `R` of a stop, noise between two questions: nobody asked.
    if (!waiting || line === '') return;
    const error = /^E,?(\d+)$/.exec(line)?.[1];
    if (error === undefined && !waiting.accepts.test(line)) {
      // The late `R` of a step that was stopped is no answer to a number; anything else is garbage.
      if (line === 'R') return;
      this.#settle(waiting);
      waiting.reject(new ControllerFault('controller-garbled', 'not an answer of this controller'));
      return;
    }
    this.#settle(waiting);
    if (error === undefined) waiting.resolve(line);
    else waiting.reject(new ControllerFault(faultOfError[error] ?? 'command-refused', `E,${error}`));
  }

  #lost(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#settle(waiting);
    waiting.reject(new ControllerFault('controller-gone'));
  }

  #settle({ timer }: Waiting): void {
    clearTimeout(timer);
    this.#waiting = undefined;
  }
}

function openingFault({ message }: Error): ControllerFault {
  if (/no such file|cannot find|ENOENT/i.test(message)) return new ControllerFault('controller-not-found');
  if (/permission|access denied|EACCES/i.test(message)) return new ControllerFault('port-not-permitted');
  if (/busy|lock|EBUSY/i.test(message)) return new ControllerFault('port-busy');
  return new ControllerFault('controller-not-found', message);
}
