import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Display {
  /** For `DISPLAY`. */
  readonly name: string;
  stop(): Promise<void>;
}

/** A screen that nobody sees, for programs that open real windows. */
export async function startDisplay(): Promise<Display> {
  const child = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const number = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    void exited.then(() => reject(new Error('Xvfb has ended')));
    child.on('error', reject);
  });
  return {
    name: `:${number}`,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
