import { useTranslation } from 'react-i18next';
import { formatBytes, formatCount, formatDuration } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ProgressBar } from '#renderer/ui/progress-bar.tsx';
import type { JobProgress as Progress } from '#shared/contract/storage.ts';
import styles from './job-progress.module.css';

export interface JobProgressProps {
  readonly label: string;
  readonly progress: Progress;
  readonly onCancel: () => void;
}

export function JobProgress({ label, progress, onCancel }: JobProgressProps) {
  const { t } = useTranslation('settings');
  const { itemsDone, itemsTotal, bytesDone, bytesTotal, secondsRemaining } = progress;
  const detail = [
    `${formatBytes(bytesDone)} / ${formatBytes(bytesTotal)}`,
    secondsRemaining !== null && t('remaining', { time: formatDuration(secondsRemaining) }),
  ].filter((part): part is string => typeof part === 'string');
  return (
    <div className={styles['job']}>
      <ProgressBar
        label={label}
        done={bytesTotal > 0 ? bytesDone : itemsDone}
        total={bytesTotal > 0 ? bytesTotal : itemsTotal}
        shownValue={`${formatCount(itemsDone)} / ${formatCount(itemsTotal)}`}
        detail={detail.join(' · ')}
      />
      <Button onClick={onCancel}>{t('cancel')}</Button>
    </div>
  );
}
