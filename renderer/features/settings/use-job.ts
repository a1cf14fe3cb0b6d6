import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { showToast } from '#renderer/ui/toast.tsx';
import type { BackupEnd, JobProgress, VerifyEnd } from '#shared/contract/storage.ts';

interface Ends {
  readonly verify: VerifyEnd;
  readonly backup: BackupEnd;
}

export interface Job<Kind extends keyof Ends> {
  /** Undefined while none is running. */
  readonly progress: JobProgress | undefined;
  /** How the last one ended that this page saw ending. */
  readonly end: Ends[Kind] | undefined;
  readonly start: (started: Promise<unknown>) => void;
  readonly cancel: () => void;
}

/** A verify or backup of this workstation, whoever started it; goes on when the page is left. */
export function useJob<Kind extends keyof Ends>(kind: Kind): Job<Kind> {
  const { t } = useTranslation('settings');
  const { archive } = useBackend();
  const jobs = useCall('archive', 'listJobs', {});
  const [live, setLive] = useState<JobProgress>();
  const [end, setEnd] = useState<Ends[Kind]>();
  useEffect(() => {
    const stops = [
      archive.on('jobProgressed', (progress) => {
        if (progress.kind === kind) setLive(progress);
      }),
      archive.on(kind === 'verify' ? 'verifyEnded' : 'backupEnded', (ended) => {
        setLive(undefined);
        setEnd(ended as Ends[Kind]);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [archive, kind]);
  const listed = jobs.data?.jobs.find((job) => job.kind === kind);
  const progress = live ?? (listed?.jobId === end?.jobId ? undefined : listed);
  const tell = (error: unknown) =>
    showToast({ kind: 'problem', title: t('notStarted'), text: errorText(error) });
  return {
    progress,
    end,
    start: (started) => {
      setEnd(undefined);
      void started.then(() => jobs.refetch(), tell);
    },
    cancel: () => {
      if (progress) void archive.cancelJob({ jobId: progress.jobId }).catch(tell);
    },
  };
}
