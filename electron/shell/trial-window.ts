import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { TrialWorkstation } from '#shared/contract/launch.ts';
import { startElectron } from '../launch/electron-window.ts';
import type { ElectronStart } from '../launch/electron-window.ts';
import type { ShellArguments } from './arguments.ts';

const READY_TIMEOUT_MS = 60_000;

/**
 * The hospital of the trial: this program once more, with a data folder of its own beside the first one's. It ends
 * with its window or with this one.
 */
export class TrialWindow {
  readonly #programsDir: string;
  readonly #args: ShellArguments;
  #running: Extract<ElectronStart, { outcome: 'ready' }> | undefined;

  constructor(programsDir: string, args: ShellArguments) {
    this.#programsDir = programsDir;
    this.#args = args;
  }

  /** Starts it; where it runs already its window comes to the front. */
  async start(): Promise<TrialWorkstation> {
    const { dataDir: ownDir, pageDir, language, specimen, isSandboxed } = this.#args;
    const dataDir = path.join(ownDir, 'trial-hospital');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const start = await startElectron({
      executable: process.execPath,
      shellDir: this.#programsDir,
      pageDir,
      dataDir,
      language,
      broker: 'embedded',
      specimen,
      withoutSandbox: !isSandboxed,
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    if (start.outcome === 'ready') {
      this.#running = start;
      void start.exited.then(() => {
        if (this.#running === start) this.#running = undefined;
      });
    } else if (start.outcome !== 'failed' || start.failure.isShownElsewhere !== true) {
      throw new Error(`the second workstation did not start: ${JSON.stringify(start)}`);
    }
    return { dataDir, url: '', isShown: true };
  }

  async close(): Promise<void> {
    await this.#running?.stop();
  }
}
