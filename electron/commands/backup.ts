// npm run backup: copy everything that is not there yet, read back, while the workstation may be in use.
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { BackupEnd } from '#shared/contract/storage.ts';
import { exitCodes, languageOption, runCommand } from './run-command.ts';
import { runJob } from './run-job.ts';
import { openArchive } from './with-archive.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, to: { type: 'string' }, ...languageOption },
});

await runCommand(values.lang, async (sentences) => {
  const { data, to } = values;
  if (data === undefined || to === undefined) {
    process.stderr.write(`${sentences.command('backup-usage')}\n`);
    return exitCodes.couldNotWork;
  }
  const archive = await openArchive(data);
  try {
    const { report, wasCancelled } = await runJob<BackupEnd>(
      archive,
      sentences,
      () => archive.client.archive.startBackup({ directory: path.resolve(to) }),
      (listener) => void archive.client.archive.on('backupEnded', listener),
    );
    if (wasCancelled || !report) return exitCodes.cancelled;
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return report.absent > 0 ? exitCodes.withFindings : exitCodes.done;
  } finally {
    await archive.close();
  }
});
