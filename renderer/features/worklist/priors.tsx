import { useTranslation } from 'react-i18next';
import type { Prior, StudySummary } from '#shared/contract/study.ts';
import { formatDicomDate } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import styles from './details-panel.module.css';

export interface PriorsProps {
  readonly priors: readonly Prior[];
  readonly onOpen: (study: StudySummary) => void;
}

/** Other studies of the same person, newest first. */
export function Priors({ priors, onOpen }: PriorsProps) {
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  return (
    <section>
      <h3 className={styles['heading']}>{t('details.priors', { count: priors.length })}</h3>
      {priors.length === 0 && <p className={styles['quiet']}>{t('details.noPriors')}</p>}
      <ul>
        {priors.map(({ study, because }) => (
          <li key={study.studyKey}>
            <button type="button" className={styles['prior']} onClick={() => onOpen(study)}>
              <span>{formatDicomDate(study.studyDate, language) || '—'}</span>
              <span>{study.modalities.join(' ')}</span>
              <span className={styles['priorText']}>{study.description}</span>
              <span className={styles['quiet']}>
                {because === 'confirmed'
                  ? t('details.confirmedPrior', { facility: study.facility })
                  : study.facility}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
