import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Demographics, PersonName, StudySummary } from '#shared/contract/study.ts';
import { formatDicomDate } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import type { Language } from '#renderer/i18n/index.ts';
import { shownAge, shownName, shownSex } from '#renderer/i18n/patient.ts';
import styles from './details-panel.module.css';

export interface PatientBlockProps {
  readonly study: StudySummary;
  /** What other files under the same issuer and id say instead. */
  readonly otherDemographics: readonly Demographics[];
}

export function PatientBlock({ study, otherDemographics }: PatientBlockProps) {
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  const { patient } = study;
  const { main, reading } = shownName(patient.name, language);
  return (
    <section className={styles['patient']} aria-label={t('details.patient')}>
      <p className={styles['reading']}>{reading}</p>
      <h2 className={styles['name']}>{main || t('noName')}</h2>
      <p>
        <Demography demographics={patient} onDate={study.studyDate} />
      </p>
      <p className={styles['quiet']}>
        {t('columns.id')} <span className={styles['value']}>{patient.id || '—'}</span>
        {patient.issuer !== '' && <span className={styles['beside']}>{patient.issuer}</span>}
      </p>
      {otherDemographics.length > 0 && (
        <div role="alert" className={styles['warning']}>
          <TriangleAlert size={16} aria-hidden />
          <div>
            <p>{t('details.differentDemographics')}</p>
            <ul>
              {otherDemographics.map((other) => (
                <li key={JSON.stringify(other)}>
                  {nameWithReading(other.name, language) || t('noName')}{' '}
                  <Demography demographics={other} onDate="" />
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </section>
  );
}

/** '1963-02-14 (木) 男 63歳', with words where something is unknown. */
export function Demography({ demographics, onDate }: { demographics: Demographics; onDate: string }) {
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  const birth = formatDicomDate(demographics.birthDate, language) || t('details.birthUnknown');
  const sex = shownSex(demographics.sex, language) || t('details.sexUnknown');
  const age = shownAge(demographics.birthDate, onDate, language);
  return [birth, sex, age].filter((part) => part !== '').join(' · ');
}

/** '山田 太郎 (ヤマダ タロウ)' */
export function nameWithReading(name: PersonName, language: Language): string {
  const { main, reading } = shownName(name, language);
  return reading === '' ? main : `${main} (${reading})`;
}
