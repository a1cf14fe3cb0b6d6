import type { LauncherOrder, TrialWorkstation } from '#shared/contract/launch.ts';
import { RpcError } from '#shared/rpc/frames.ts';

export type TrialAnswer = Extract<LauncherOrder, { order: `trial-${string}` }>;

/** Whoever waits for the second workstation that the launcher or the shell starts. */
export class TrialRequests {
  readonly #waiting = new Set<{
    resolve: (trial: TrialWorkstation) => void;
    reject: (error: Error) => void;
  }>();
  readonly #tell: () => void;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  readonly request = (): Promise<TrialWorkstation> => {
    this.#tell();
    return new Promise((resolve, reject) => this.#waiting.add({ resolve, reject }));
  };

  answered(answer: TrialAnswer): void {
    for (const { resolve, reject } of this.#waiting) {
      if (answer.order === 'trial-started') resolve(answer.trial);
      else reject(new RpcError('unavailable', answer.detail));
    }
    this.#waiting.clear();
  }
}
