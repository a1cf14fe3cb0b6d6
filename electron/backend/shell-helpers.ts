import { randomInt } from 'node:crypto';
import type { BackendToShell } from '#shared/contract/shell-messages.ts';
import { helperEntry } from './processes/helper-process.ts';
import type { HelperExit, HelperProcess, SpawnHelper } from './processes/helper-process.ts';
import type { HandedPort } from './transport/handed-port.ts';

interface RequestedHelper {
  /** Sent before the port was there. */
  readonly waiting: unknown[];
  port: HandedPort | undefined;
  readonly onMessage: Set<(message: unknown) => void>;
  readonly onExit: Set<(exit: HelperExit) => void>;
}

/** Helpers that the shell starts for this backend, because a utility process can start none itself. */
export class ShellHelpers {
  readonly #tellShell: (message: BackendToShell) => void;
  readonly #helpers = new Map<number, RequestedHelper>();
  /** Begins anywhere: the shell may still tell of the helpers of a backend that has crashed. */
  #nextId = randomInt(2 ** 40);

  constructor(tellShell: (message: BackendToShell) => void) {
    this.#tellShell = tellShell;
  }

  readonly spawn: SpawnHelper = (role): HelperProcess => {
    const id = this.#nextId++;
    const helper: RequestedHelper = {
      waiting: [],
      port: undefined,
      onMessage: new Set(),
      onExit: new Set(),
    };
    this.#helpers.set(id, helper);
    const { execArgv, args } = helperEntry(role);
    this.#tellShell({ event: 'start-helper', id, role, execArgv, args });
    return {
      send: (message) => {
        if (helper.port) helper.port.postMessage(message);
        else helper.waiting.push(message);
      },
      onMessage: (listener) => void helper.onMessage.add(listener),
      onExit: (listener) => void helper.onExit.add(listener),
      kill: () => this.#tellShell({ event: 'end-helper', id }),
    };
  };

  started(id: number, port: HandedPort): void {
    const helper = this.#helpers.get(id);
    if (!helper) return;
    helper.port = port;
    port.on('message', ({ data }) => {
      for (const listener of helper.onMessage) listener(data);
    });
    port.start();
    for (const message of helper.waiting.splice(0)) port.postMessage(message);
  }

  ended(id: number, code: number | null): void {
    const helper = this.#helpers.get(id);
    this.#helpers.delete(id);
    for (const listener of helper?.onExit ?? []) listener({ code, signal: null });
  }
}
