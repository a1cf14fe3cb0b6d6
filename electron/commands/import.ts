// npm run import: files, folders, DICOMDIR media and zip archives into the archive.
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ImportProgress, ImportTotals } from '#shared/contract/import.ts';
import type { ProblemCode } from '#shared/domain/problem.ts';
import { Problem } from '#shared/domain/problem.ts';
import { ProgressLine } from './progress-line.ts';
import { exitCodes, languageOption, runCommand } from './run-command.ts';
import type { Sentences } from './sentences.ts';
import { openArchive } from './with-archive.ts';
import type { OpenedArchive } from './with-archive.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    'report-each': { type: 'boolean', default: false },
    ...languageOption,
  },
});

interface End {
  readonly totals: ImportTotals;
  readonly wasCancelled: boolean;
  readonly problem: ProblemCode | null;
}

await runCommand(values.lang, async (sentences) => {
  const { data } = values;
  if (data === undefined || positionals.length === 0) {
    process.stderr.write(`${sentences.command('import-usage')}\n`);
    return exitCodes.couldNotWork;
  }
  const archive = await openArchive(data);
  try {
    const end = await runImport(archive, sentences);
    return report(end, sentences);
  } finally {
    await archive.close();
  }
});

async function runImport({ client, lost }: OpenedArchive, sentences: Sentences): Promise<End> {
  const line = new ProgressLine();
  const paths = positionals.map((file) => path.resolve(file));
  // Events may come before the answer that says which job is ours.
  let ownJob: (jobId: string) => void = () => {};
  const jobId = new Promise<string>((resolve) => (ownJob = resolve));
  const isOurs = async (event: { jobId: string }) => event.jobId === (await jobId);
  const ended = new Promise<End>((resolve) => {
    client.archive.on('importEnded', (end) => void isOurs(end).then((ours) => ours && resolve(end)));
  });
  client.archive.on('importProgressed', (progress) => {
    void isOurs(progress).then((ours) => ours && line.show(progressText(progress, sentences)));
  });
  client.archive.on('instanceStored', (stored) => {
    void isOurs(stored).then((ours) => {
      if (ours) process.stdout.write(`${JSON.stringify({ sop: stored.sop, sha256: stored.sha256 })}\n`);
    });
  });
  const started = await client.archive.startImport({ paths, reportEach: values['report-each'] });
  ownJob(started.jobId);
  const cancel = () => void client.archive.cancelImport(started).catch(() => {});
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, cancel);
  const end = await Promise.race([ended, lost]);
  line.end(
    sentences.command(end.wasCancelled ? 'import-cancelled' : 'import-ended', {
      ...end.totals,
      rejected: end.totals.rejected.length,
    }),
  );
  return end;
}

function report({ totals, wasCancelled, problem }: End, sentences: Sentences): number {
  const { imported, duplicates, conflicts, restored, studies, bytes, seconds } = totals;
  const rejected = totals.rejected.map(({ file, code, detail }) => ({
    file,
    reason: sentences.refusal(code),
    code,
    detail,
  }));
  const line = { imported, duplicates, conflicts, restored, rejected, studies, bytes, seconds };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (problem !== null) throw new Problem(problem, 'the import could not go on');
  if (wasCancelled) return exitCodes.cancelled;
  return rejected.length > 0 ? exitCodes.withFindings : exitCodes.done;
}

function progressText(progress: ImportProgress, sentences: Sentences): string {
  const { phase, filesDone, filesFound, bytesDone, bytesFound, rejectedCount, secondsRemaining } = progress;
  return sentences.command(secondsRemaining === null ? `import-${phase}` : 'import-remaining', {
    filesDone,
    filesFound,
    megabytesDone: (bytesDone / 1e6).toFixed(1),
    megabytesFound: (bytesFound / 1e6).toFixed(1),
    rejected: rejectedCount,
    seconds: Math.ceil(secondsRemaining ?? 0),
  });
}
