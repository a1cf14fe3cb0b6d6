import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Programs that run beside the backend in its own process; bundled under the same names. */
type Program = 'slide-image-thread' | 'specimen-thread';

/** Runs a thread until its first message and ends it. Rejects if it fails. */
export async function runThread(program: Program, data: unknown): Promise<unknown> {
  const thread = new Worker(fileOf(program), { workerData: data });
  try {
    const [answer] = (await once(thread, 'message')) as [unknown];
    return answer;
  } finally {
    await thread.terminate();
  }
}

/** Beside this file as source, beside the bundled backend as a bundle. */
function fileOf(program: Program): URL {
  const own = import.meta.url;
  return new URL(`${program}.${own.endsWith('.ts') ? 'ts' : 'js'}`, own);
}
