import path from 'node:path';
import { MessageChannelMain, utilityProcess } from 'electron';
import type { MessagePortMain, UtilityProcess } from 'electron';
import type { BackendToShell, ShellToBackend } from '#shared/contract/shell-messages.ts';

/** The programs a backend may ask for, by role. Anything else is refused. */
const programs: Readonly<Record<string, string>> = {
  ingest: 'ingest-process.js',
  codec: 'codec-process.js',
  care: 'care-process.js',
  broker: 'broker-process.js',
  'device-host': 'main-process.js',
  'simulated-stage': 'stage-process.js',
};

export type HelperRequest = Extract<BackendToShell, { event: 'start-helper' }>;

const KILL_TIMEOUT_MS = 2_000;

/** Processes that parse or decode what strangers wrote: started and ended for the backend, which may not. */
export class HelperHost {
  readonly #programsDir: string;
  readonly #helpers = new Map<number, UtilityProcess>();

  constructor(programsDir: string) {
    this.#programsDir = programsDir;
  }

  /** The backend's end of a channel to the new helper; undefined for a role that does not exist. */
  start(
    { id, role, execArgv, args }: HelperRequest,
    tellBackend: (order: ShellToBackend) => void,
  ): MessagePortMain | undefined {
    const program = Object.hasOwn(programs, role) ? programs[role] : undefined;
    if (program === undefined || this.#helpers.has(id)) {
      tellBackend({ order: 'helper-ended', id, code: null });
      return undefined;
    }
    const helper = utilityProcess.fork(path.join(this.#programsDir, program), [...args], {
      serviceName: `Enkaku ${role}`,
      stdio: ['ignore', 'ignore', 'inherit'],
      execArgv: [...execArgv],
    });
    this.#helpers.set(id, helper);
    helper.once('exit', (code) => {
      if (this.#helpers.get(id) === helper) this.#helpers.delete(id);
      tellBackend({ order: 'helper-ended', id, code });
    });
    const { port1, port2 } = new MessageChannelMain();
    helper.postMessage(null, [port1]);
    return port2;
  }

  end(id: number): void {
    const helper = this.#helpers.get(id);
    if (!helper) return;
    helper.kill();
    // It is ended because it hangs or eats memory: it may not listen to anything gentler.
    setTimeout(() => {
      if (helper.pid !== undefined && this.#helpers.get(id) === helper) process.kill(helper.pid, 'SIGKILL');
    }, KILL_TIMEOUT_MS).unref();
  }

  /** Their backend is gone; whatever they were doing, nobody waits for it. */
  endAll(): void {
    for (const id of this.#helpers.keys()) this.end(id);
  }
}
