import { EventEmitter } from 'node:events';
import type { Frame, WebContents } from './window.ts';

type Listener = (event: object, ...args: unknown[]) => unknown;

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, Listener>();

  handle(channel: string, listener: Listener): void {
    if (this.handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, listener);
  }
}

export const ipcMain = new IpcMain();

/** The preload script's side of one page; `frame` is who claims to speak. */
export class IpcRenderer extends EventEmitter {
  readonly #contents: WebContents;
  readonly #frame: () => Frame | null;

  constructor(contents: WebContents, frame: () => Frame | null = () => contents.mainFrame) {
    super();
    this.#contents = contents;
    this.#frame = frame;
    contents.onPostMessage = (channel, message, ports) => this.emit(channel, { ports }, message);
  }

  send(channel: string, ...args: unknown[]): void {
    const cloned = structuredClone(args);
    setImmediate(() => ipcMain.emit(channel, this.#event(), ...cloned));
  }

  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    const cloned = structuredClone(args);
    const handler = ipcMain.handlers.get(channel);
    if (!handler)
      throw new Error(
        `Error invoking remote method '${channel}': Error: No handler registered for '${channel}'`,
      );
    try {
      return structuredClone(await handler(this.#event(), ...cloned));
    } catch (error) {
      // Only the message crosses.
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`, { cause: error });
    }
  }

  #event(): object {
    return { sender: this.#contents, senderFrame: this.#frame(), ports: [] };
  }
}

/** What the context bridge can carry between the two worlds; anything else throws, as documented. */
export function requireBridgeable(value: unknown, where: string): void {
  if (value === null || ['string', 'number', 'boolean', 'undefined', 'function'].includes(typeof value))
    return;
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, member] of Object.entries(value as object)) requireBridgeable(member, `${where}.${key}`);
    return;
  }
  throw new TypeError(`${where} cannot be carried over the context bridge`);
}
