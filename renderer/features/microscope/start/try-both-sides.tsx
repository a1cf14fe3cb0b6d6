import { useTranslation } from 'react-i18next';
import { useChange } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { Button } from '#renderer/ui/button.tsx';
import styles from './start-choice.module.css';

/** One person plays both roles: a second workstation with its own processes and folder. */
export function TryBothSides() {
  const { t } = useTranslation('microscope');
  const started = useChange('workstation', 'tryMicroscope');
  if (started.data) {
    return (
      <div className={styles['tried']}>
        <span>{t('start.tryStarted')}</span>
        {!started.data.isShown && (
          <a href={started.data.url} target="_blank" rel="noreferrer" data-testid="try-other">
            {t('start.tryOpen')}
          </a>
        )}
      </div>
    );
  }
  return (
    <div className={styles['tried']}>
      <Button disabled={started.isPending} onClick={() => started.mutate({})} data-testid="try-both">
        {t('start.tryStart')}
      </Button>
      {started.error && <p className={styles['none']}>{errorText(started.error)}</p>}
    </div>
  );
}
