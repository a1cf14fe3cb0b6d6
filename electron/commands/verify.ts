// npm run verify: re-hash every object, compare the database with what is on the disk, report and repair.
import { parseArgs } from 'node:util';
import type { VerifyEnd } from '#shared/contract/storage.ts';
import { exitCodes, languageOption, runCommand } from './run-command.ts';
import { runJob } from './run-job.ts';
import { openArchive } from './with-archive.ts';

const { values } = parseArgs({
  options: { data: { type: 'string' }, repair: { type: 'boolean', default: false }, ...languageOption },
});

await runCommand(values.lang, async (sentences) => {
  const { data, repair } = values;
  if (data === undefined) {
    process.stderr.write(`${sentences.command('verify-usage')}\n`);
    return exitCodes.couldNotWork;
  }
  const archive = await openArchive(data);
  try {
    const { report, wasCancelled } = await runJob<VerifyEnd>(
      archive,
      sentences,
      () => archive.client.archive.startVerify({ repair }),
      (listener) => void archive.client.archive.on('verifyEnded', listener),
    );
    if (wasCancelled || !report) return exitCodes.cancelled;
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return report.findings.length > 0 ? exitCodes.withFindings : exitCodes.done;
  } finally {
    await archive.close();
  }
});
