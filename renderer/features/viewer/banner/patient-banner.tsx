import { TriangleAlert, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudySummary } from '#shared/contract/study.ts';
import { formatDicomDate, formatDicomTime } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CommandButton } from '#renderer/ui/icon-button.tsx';
import { shownName } from '#renderer/i18n/patient.ts';
import { patientsOnScreen } from '../session/patients-on-screen.ts';
import { registered } from '../use-viewer-commands.ts';
import { useLibrary, useModel, useSession } from '../use-session.ts';
import styles from './patient-banner.module.css';

/** Whose images these are. Never leaves the screen while they do not. */
export function PatientBanner({ study, ageText }: { study: StudySummary; ageText: string }) {
  const { t } = useTranslation('viewer');
  const language = useLanguage();
  const { patient } = study;
  const { main: name, reading } = shownName(patient.name, language);
  const sex =
    patient.sex === 'M' || patient.sex === 'F' || patient.sex === 'O' ? t(`sex.${patient.sex}`) : '';
  return (
    <header className={styles['banner']} aria-label={t('banner.label')}>
      <div className={styles['patient']}>
        <span className={styles['name']}>
          {name === '' ? t('banner.noName') : name}
          {reading !== '' && <small>{reading}</small>}
        </span>
        <span className={styles['id']}>
          {t('banner.id', { id: patient.id })}
          {patient.issuer !== '' && <small>{patient.issuer}</small>}
        </span>
        <span>
          {t('banner.born', {
            date: patient.birthDate === '' ? '–' : formatDicomDate(patient.birthDate, language),
          })}
          {ageText !== '' && <small>{ageText}</small>}
        </span>
        {sex !== '' && <span>{sex}</span>}
      </div>
      <div className={styles['study']}>
        <span>
          {t('banner.studied', { date: formatDicomDate(study.studyDate, language) })}{' '}
          {formatDicomTime(study.studyTime)}
        </span>
        <span className={styles['description']}>
          {[study.modalities.join('/'), study.description].filter(Boolean).join('  ')}
        </span>
        {study.facility !== '' && <span className={styles['description']}>{study.facility}</span>}
      </div>
      <Warnings study={study} />
      <CommandButton command={registered('closeStudy')} icon={X} />
    </header>
  );
}

function Warnings({ study }: { study: StudySummary }) {
  const { t } = useTranslation('viewer');
  const layout = useModel((model) => model.layout);
  const studies = useLibrary();
  const isMixed = patientsOnScreen(layout, studies).length > 1;
  return (
    <div className={styles['warnings']}>
      {isMixed && (
        <span className={styles['urgent']} role="alert">
          <TriangleAlert size={16} aria-hidden />
          {t('banner.twoPatients')}
        </span>
      )}
      {study.patient.hasDifferentDemographics && (
        <span className={styles['warning']} title={t('banner.differing')}>
          <TriangleAlert size={16} aria-hidden />
          <span>{t('banner.differing')}</span>
        </span>
      )}
      <Unsaved study={study} />
    </div>
  );
}

function Unsaved({ study }: { study: StudySummary }) {
  const { t } = useTranslation('viewer');
  const annotations = useSession().annotations(study.studyKey);
  const { unsavedCount, isFailing } = useSyncExternalStore(annotations.subscribe, annotations.snapshot);
  if (!isFailing || unsavedCount === 0) return null;
  return (
    <span className={styles['warning']}>
      <TriangleAlert size={16} aria-hidden />
      {t('banner.unsaved', { count: unsavedCount })}
      <Button kind="quiet" onClick={() => void annotations.retry()}>
        {t('banner.unsavedRetry')}
      </Button>
    </span>
  );
}
