import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { HelperExit, HelperProcess, SpawnHelper } from './helper-process.ts';

export interface SimulatedStageOptions {
  readonly spawnHelper: SpawnHelper;
  /** Where the stage writes down its positions. */
  readonly logPath: string;
  readonly onEnd?: (exit: HelperExit & { readonly isStartedAgain: boolean }) => void;
}

export interface KeptStage {
  /** Where it listens, the same after every start. Rejects when it never came to listen. */
  readonly socketPath: Promise<string>;
  close(): void;
}

/** Long enough for a person to see that it was gone. */
const RESTART_PAUSE_MS = 1000;
/**
 * A process that ends more often than this in a minute is broken: a microscope that comes and goes without
 * end would be worse than one that is said to be gone until the workstation is started again.
 */
const MAXIMUM_STARTS_PER_MINUTE = 5;
const MINUTE_MS = 60_000;
const FOLDER = /^ek-stage-(?<pid>\d+)-/;

/**
 * Starts the simulated controller and starts it again when it ends. It goes on standing where the one before
 * stood; nothing moves by that, and whoever steered has to ask for control again.
 */
export function startSimulatedStage({ spawnHelper, logPath, onEnd }: SimulatedStageOptions): KeptStage {
  const { address, folder } = newAddress();
  const startsAtMs: number[] = [];
  let stage: HelperProcess | undefined;
  let standing: unknown;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;
  const listens = Promise.withResolvers<string>();
  // Whoever asks for the address hears of it.
  listens.promise.catch(() => {});

  const start = () => {
    const child = spawnHelper('simulated-stage');
    stage = child;
    startsAtMs.push(performance.now());
    child.onMessage((message) => {
      ({ standing } = message as { readonly standing: unknown });
      listens.resolve(address);
    });
    child.onExit((exit) => {
      if (isClosed || stage !== child) return;
      stage = undefined;
      const recent = startsAtMs.filter((atMs) => performance.now() - atMs < MINUTE_MS);
      const isStartedAgain = recent.length < MAXIMUM_STARTS_PER_MINUTE;
      onEnd?.({ ...exit, isStartedAgain });
      if (isStartedAgain) {
        again = setTimeout(start, RESTART_PAUSE_MS);
        return;
      }
      listens.reject(new Error('the simulated stage ended'));
      removeFolder(folder);
    });
    child.send({ logPath, socketPath: address, standing });
  };
  start();

  return {
    socketPath: listens.promise,
    close: () => {
      isClosed = true;
      clearTimeout(again);
      stage?.kill();
      removeFolder(folder);
    },
  };
}

/** Its own folder, with the backend's number in the name: the stage itself may be killed and come back. */
function newAddress(): { readonly address: string; readonly folder: string | null } {
  if (process.platform === 'win32') {
    return { address: `\\\\.\\pipe\\enkaku-stage-${randomUUID()}`, folder: null };
  }
  removeLeftFolders();
  const folder = mkdtempSync(path.join(os.tmpdir(), `ek-stage-${process.pid}-`));
  return { address: path.join(folder, 's'), folder };
}

/** Of backends that were killed with their stage; one whose backend lives is in use. */
function removeLeftFolders(): void {
  const parent = os.tmpdir();
  for (const name of readdirSync(parent)) {
    const pid = FOLDER.exec(name)?.groups?.['pid'];
    if (pid !== undefined && !isAlive(Number(pid))) removeFolder(path.join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of somebody else: it lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function removeFolder(folder: string | null): void {
  try {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  } catch {
    // Of another person of this machine: theirs to remove.
  }
}
