import { Archive, FolderOpen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shell } from '#renderer/backend/shell.ts';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { formatBytes, formatCount, formatDuration } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import type { BackupEnd } from '#shared/contract/storage.ts';
import { JobProgress } from './job-progress.tsx';
import { Paragraph, Setting } from './setting.tsx';
import { useJob } from './use-job.ts';

export function BackupSection() {
  const { t } = useTranslation('settings');
  const { archive } = useBackend();
  const { data } = useCall('archive', 'storageSummary', {});
  const job = useJob('backup');
  const [typed, setTyped] = useState<string>();
  const directory = (typed ?? data?.places[0]?.name ?? '').trim();
  const isRunning = job.progress !== undefined;
  const { chooseTargetFolder } = shell;
  const start = () => {
    if (directory !== '' && !isRunning) job.start(archive.startBackup({ directory }));
  };
  return (
    <>
      <Paragraph>{t('backup.text')}</Paragraph>
      {data && data.studiesWithoutCopy > 0 && (
        <Paragraph>
          {t('backup.without', {
            count: data.studiesWithoutCopy,
            shown: formatCount(data.studiesWithoutCopy),
          })}
        </Paragraph>
      )}
      <Setting
        title={t('backup.target')}
        text={chooseTargetFolder ? undefined : t('backup.targetText')}
        isStacked
      >
        <TextField
          label={t('backup.target')}
          placeholder="/media/backup/enkaku"
          value={typed ?? directory}
          onChange={setTyped}
          onSubmit={start}
        />
        {chooseTargetFolder && (
          <Button
            icon={FolderOpen}
            onClick={() => void chooseTargetFolder().then((path) => path !== undefined && setTyped(path))}
          >
            {t('backup.choose')}
          </Button>
        )}
        <Button kind="primary" icon={Archive} disabled={isRunning || directory === ''} onClick={start}>
          {t('backup.start')}
        </Button>
      </Setting>
      {job.progress && (
        <JobProgress label={t('backup.running')} progress={job.progress} onCancel={job.cancel} />
      )}
      {job.end && <BackupResult end={job.end} />}
      <Paragraph>{t('backup.restore')}</Paragraph>
    </>
  );
}

function BackupResult({ end }: { end: BackupEnd }) {
  const { t } = useTranslation(['settings', 'problem']);
  const { report, problem, wasCancelled } = end;
  if (problem !== null) return <p role="alert">{t(`problem:${problem}`)}</p>;
  if (wasCancelled || !report) return <Paragraph>{t('backup.cancelled')}</Paragraph>;
  return (
    <>
      <p role="status">
        {t('backup.done', {
          written: formatCount(report.objects),
          there: formatCount(report.alreadyThere),
          bytes: formatBytes(report.byteCount),
          time: formatDuration(report.seconds),
        })}
      </p>
      {report.absent > 0 && (
        <p role="alert">{t('backup.absent', { count: report.absent, shown: formatCount(report.absent) })}</p>
      )}
    </>
  );
}
