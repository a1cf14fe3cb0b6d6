// npm run restore: an archive out of a backup, every object checked, into an empty folder.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#backend/clock.ts';
import { lockDataFolder } from '#backend/database/lock.ts';
import { storageProblem } from '#backend/database/storage-problem.ts';
import { plainKeyProvider } from '#backend/keys.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { CareHelper } from '#backend/services/archive/care/care-helper.ts';
import { restoreBackup } from '#backend/services/archive/care/restore.ts';
import type { RestoreReport } from '#backend/services/archive/care/restore.ts';
import { Problem } from '#shared/domain/problem.ts';
import { ProgressLine } from './progress-line.ts';
import { exitCodes, languageOption, runCommand } from './run-command.ts';
import { jobText } from './run-job.ts';
import type { Sentences } from './sentences.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, from: { type: 'string' }, ...languageOption },
});

await runCommand(values.lang, async (sentences) => {
  const { data, from } = values;
  if (data === undefined || from === undefined) {
    process.stderr.write(`${sentences.command('restore-usage')}\n`);
    return exitCodes.couldNotWork;
  }
  const cancelled = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => cancelled.abort());
  try {
    const report = await restore(path.resolve(from), path.resolve(data), cancelled.signal, sentences);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return report.missing.length > 0 ? exitCodes.withFindings : exitCodes.done;
  } catch (error) {
    if (!cancelled.signal.aborted) throw storageProblem(error) ?? error;
    process.stderr.write(`${sentences.command('restore-cancelled')}\n`);
    return exitCodes.cancelled;
  }
});

async function restore(
  from: string,
  dataDir: string,
  signal: AbortSignal,
  sentences: Sentences,
): Promise<RestoreReport> {
  const lock = lockDataFolder(dataDir);
  if (!lock) throw new Problem('data-folder-in-use', 'another Enkaku holds the lock');
  const line = new ProgressLine();
  const helper = new CareHelper(forkHelper, signal);
  try {
    const report = await restoreBackup({
      from,
      dataDir,
      keys: plainKeyProvider,
      helper,
      clock: systemClock,
      signal,
      report: (progress) => line.show(jobText(progress, sentences)),
    });
    line.end(sentences.command('job-ended'));
    return report;
  } finally {
    helper.close();
    lock.release();
  }
}
