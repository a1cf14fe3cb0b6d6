import { useTranslation } from 'react-i18next';
import { formatBytes, formatCount, formatDuration } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ProgressBar } from '#renderer/ui/progress-bar.tsx';
import styles from './import-panel.module.css';
import { paceOf, shareDone } from './import-view.ts';
import type { ImportView } from './import-view.ts';

export interface ImportRunningProps {
  readonly view: ImportView;
  readonly nowMs: number;
  readonly onCancel: () => void;
}

export function ImportRunning({ view, nowMs, onCancel }: ImportRunningProps) {
  const { t } = useTranslation('import');
  const share = shareDone(view);
  const pace = paceOf(view, nowMs);
  const detail = [
    `${formatBytes(view.bytesDone)} / ${formatBytes(view.bytesFound)}`,
    pace && `${formatBytes(pace.bytesPerSecond)}/s`,
    pace && pace.secondsRemaining !== null && t('remaining', { time: formatDuration(pace.secondsRemaining) }),
    view.isFinding && t('finding'),
    view.rejectedCount > 0 && t('rejected', { count: view.rejectedCount }),
  ].filter((part): part is string => typeof part === 'string');
  return (
    <div className={styles['running']}>
      {view.state === 'waiting' ? (
        <div>
          <p className={styles['label']}>{view.label}</p>
          <p className={styles['quiet']}>{t('waiting')}</p>
        </div>
      ) : (
        <ProgressBar
          label={view.label}
          done={share ?? 0}
          total={share === null ? null : 1}
          shownValue={t('files', { done: formatCount(view.filesDone), all: formatCount(view.filesFound) })}
          detail={detail.join(' · ')}
        />
      )}
      <Button onClick={onCancel}>{t('cancel')}</Button>
    </div>
  );
}
