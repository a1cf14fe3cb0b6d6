import type { JobProgress } from '#shared/contract/storage.ts';
import type { ProblemCode } from '#shared/domain/problem.ts';
import { Problem } from '#shared/domain/problem.ts';
import { ProgressLine } from './progress-line.ts';
import type { Sentences } from './sentences.ts';
import type { OpenedArchive } from './with-archive.ts';

interface End {
  readonly jobId: string;
  readonly wasCancelled: boolean;
  readonly problem: ProblemCode | null;
}

export function jobText(progress: Omit<JobProgress, 'jobId' | 'kind'>, sentences: Sentences): string {
  const { itemsDone, itemsTotal, bytesDone, bytesTotal, secondsRemaining } = progress;
  return sentences.command(secondsRemaining === null ? 'job' : 'job-remaining', {
    itemsDone,
    itemsTotal,
    megabytesDone: (bytesDone / 1e6).toFixed(1),
    megabytesTotal: (bytesTotal / 1e6).toFixed(1),
    seconds: Math.ceil(secondsRemaining ?? 0),
  });
}

/**
 * Starts a verify or backup, shows its progress and waits for its end; Ctrl-C cancels it, wherever it runs.
 *
 * @throws Problem
 */
export async function runJob<Ended extends End>(
  { client, lost }: OpenedArchive,
  sentences: Sentences,
  start: () => Promise<{ jobId: string }>,
  onEnd: (listener: (end: Ended) => void) => void,
): Promise<Ended> {
  const line = new ProgressLine();
  const ends: Ended[] = [];
  let wake = () => {};
  onEnd((end) => {
    ends.push(end);
    wake();
  });
  client.archive.on('jobProgressed', (progress) => line.show(jobText(progress, sentences)));
  const started = await start();
  const cancel = () => void client.archive.cancelJob(started).catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, cancel);
  for (;;) {
    const end = ends.find(({ jobId }) => jobId === started.jobId);
    if (!end) {
      await Promise.race([new Promise<void>((resolve) => (wake = resolve)), lost]);
      continue;
    }
    if (end.problem !== null) throw new Problem(end.problem, 'the work could not go on');
    line.end(sentences.command(end.wasCancelled ? 'job-cancelled' : 'job-ended'));
    return end;
  }
}
