import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { requireNotReady, state } from './strictness.ts';
import { alive, gone } from './utility-process.ts';

interface Preventable {
  preventDefault(): void;
}

/** `app`, with the order of events at the end that the documentation gives. */
class App extends EventEmitter {
  isPackaged = false;
  isSandboxed = false;
  /** What the process ends with; `undefined` while it runs. */
  exitCode: number | undefined;
  /** Windows, newest last; `BrowserWindow` keeps them here. */
  readonly windows = new Set<{ close(): void }>();
  readonly #paths = new Map<string, string>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #locks = new Set<string>();
  /** Ends a real process; tests in one process leave it alone. */
  endProcess: (code: number) => void = () => {};

  /** What Chromium would be started with. */
  readonly switches = new Map<string, string | undefined>();
  readonly commandLine = {
    appendSwitch: (name: string, value?: string) => {
      requireNotReady('app.commandLine.appendSwitch');
      this.switches.set(name, value);
    },
  };

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  /** Not Electron's: the test decides when. */
  becomeReady(): void {
    state.isReady = true;
    this.emit('ready');
    this.#ready.resolve();
  }

  isReady(): boolean {
    return state.isReady;
  }

  enableSandbox(): void {
    requireNotReady('app.enableSandbox');
    this.isSandboxed = true;
  }

  setPath(name: string, folder: string): void {
    if (!path.isAbsolute(folder)) throw new Error('Path must be absolute');
    if (!existsSync(folder)) throw new Error(`Failed to set path: ${folder} does not exist`);
    this.#paths.set(name, folder);
  }

  getPath(name: string): string {
    const folder = this.#paths.get(name);
    if (folder === undefined) throw new Error(`Failed to get '${name}' path`);
    return folder;
  }

  /** One per `userData` folder. */
  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData');
    if (this.#locks.has(folder)) return false;
    this.#locks.add(folder);
    return true;
  }

  /** Not Electron's: somebody else has the lock of this folder already. */
  lockElsewhere(folder: string): void {
    this.#locks.add(folder);
  }

  /** Asks everybody, closes the windows, then ends. */
  quit(): void {
    if (this.exitCode !== undefined) return;
    let isPrevented = false;
    const event: Preventable = { preventDefault: () => (isPrevented = true) };
    this.emit('before-quit', event);
    if (isPrevented) return;
    for (const window of this.windows) window.close();
    this.emit('will-quit', event);
    if (!isPrevented) this.exit(0);
  }

  /** "All windows will be closed immediately without asking the user, and the before-quit and will-quit events will not be emitted." */
  exit(code = 0): void {
    if (this.exitCode !== undefined) return;
    this.exitCode = code;
    for (const child of alive) child.kill();
    this.emit('quit', {}, code);
    this.endProcess(code);
  }
}

export const app = new App();
gone.on('gone', (details) => app.emit('child-process-gone', {}, details));
