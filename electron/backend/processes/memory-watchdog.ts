import { Worker } from 'node:worker_threads';

const POLL_MS = 50;

/**
 * Kills this process when it holds more than `limitBytes`. V8's own limit does not count array buffers,
 * and only Linux can bound them from outside; a thread of its own sees them even while the main thread
 * is busy parsing.
 */
export function watchMemory(limitBytes: number): void {
  const watchdog = new Worker(
    `const { workerData } = require('node:worker_threads');
     setInterval(() => {
       if (process.memoryUsage.rss() > workerData.limitBytes) process.kill(process.pid, 'SIGKILL');
     }, workerData.pollMs);`,
    {
      eval: true,
      workerData: { limitBytes, pollMs: POLL_MS },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
    },
  );
  watchdog.unref();
}
