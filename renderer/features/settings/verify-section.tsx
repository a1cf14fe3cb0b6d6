import { ShieldCheck, Wrench } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { formatBytes, formatCount, formatDuration, formatMoment } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Table } from '#renderer/ui/table.tsx';
import type { VerifyEnd, VerifyFinding } from '#shared/contract/storage.ts';
import { JobProgress } from './job-progress.tsx';
import { Paragraph, Setting } from './setting.tsx';
import { useJob } from './use-job.ts';

export function VerifySection() {
  const { t } = useTranslation('settings');
  const { archive } = useBackend();
  const { data } = useCall('archive', 'storageSummary', {});
  const job = useJob('verify');
  const isRunning = job.progress !== undefined;
  const last = data?.lastVerify;
  return (
    <>
      <Paragraph>{t('verify.text')}</Paragraph>
      {last !== undefined && (
        <Paragraph>
          {last === null
            ? t('verify.never')
            : t('verify.last', {
                moment: formatMoment(last.endedAtMs),
                problems: formatCount(last.problems),
              })}
        </Paragraph>
      )}
      <Setting title={t('verify.check')} text={t('verify.checkText')}>
        <Button
          kind="primary"
          icon={ShieldCheck}
          disabled={isRunning}
          onClick={() => job.start(archive.startVerify({ repair: false }))}
        >
          {t('verify.start')}
        </Button>
      </Setting>
      <Setting title={t('verify.repair')} text={t('verify.repairText')}>
        <Button
          icon={Wrench}
          disabled={isRunning}
          onClick={() => job.start(archive.startVerify({ repair: true }))}
        >
          {t('verify.startRepair')}
        </Button>
      </Setting>
      {job.progress && (
        <JobProgress label={t('verify.running')} progress={job.progress} onCancel={job.cancel} />
      )}
      {job.end && <VerifyResult end={job.end} />}
    </>
  );
}

function VerifyResult({ end }: { end: VerifyEnd }) {
  const { t } = useTranslation(['settings', 'problem']);
  const { report, problem, wasCancelled } = end;
  if (problem !== null) return <Paragraph>{t(`problem:${problem}`)}</Paragraph>;
  if (wasCancelled || !report) return <Paragraph>{t('verify.cancelled')}</Paragraph>;
  return (
    <>
      <p role="status">
        {report.findings.length === 0
          ? t('verify.allGood', { count: report.objects, shown: formatCount(report.objects) })
          : t('verify.found', { count: report.findings.length, shown: formatCount(report.findings.length) })}
      </p>
      <Paragraph>{`${formatBytes(report.byteCount)} · ${formatDuration(report.seconds)}`}</Paragraph>
      {report.findings.length > 0 && <Findings findings={report.findings} />}
    </>
  );
}

function Findings({ findings }: { findings: readonly VerifyFinding[] }) {
  const { t } = useTranslation('settings');
  return (
    <Table
      label={t('verify.findings')}
      rows={findings}
      rowKey={({ kind, subject }) => `${kind} ${subject}`}
      columns={[
        { id: 'kind', header: t('verify.what'), cell: ({ kind }) => t(`verify.kinds.${kind}`) },
        { id: 'subject', header: t('verify.subject'), cell: ({ subject }) => subject },
        {
          id: 'repair',
          header: t('verify.done'),
          cell: ({ repair }) => (repair === null ? t('verify.nothingDone') : t(`verify.repairs.${repair}`)),
        },
      ]}
    />
  );
}
