import { useTranslation } from 'react-i18next';
import type { StudySummary } from '#shared/contract/study.ts';
import { useCall } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import {
  formatBytes,
  formatCount,
  formatDicomDate,
  formatDicomTime,
  formatMoment,
} from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { Conflicts } from './conflicts.tsx';
import styles from './details-panel.module.css';
import { PatientBlock } from './patient-block.tsx';
import { Priors } from './priors.tsx';
import { SamePatient } from './same-patient.tsx';
import { SeriesList } from './series-list.tsx';
import { useSettled } from './use-settled.ts';

const SETTLED_MS = 100;

export interface DetailsPanelProps {
  readonly study: StudySummary | undefined;
  readonly selectedCount: number;
  readonly onOpen: (study: StudySummary) => void;
}

/** Everything about the focused study, without opening it. */
export function DetailsPanel({ study, selectedCount, onOpen }: DetailsPanelProps) {
  const { t } = useTranslation('worklist');
  // Held arrow keys fly over many studies; only the one they stop at is asked about.
  const settled = useSettled(study?.studyKey, SETTLED_MS);
  const { data, error } = useCall(
    'archive',
    'describeStudy',
    settled === undefined ? undefined : { studyKey: settled },
  );
  if (!study) {
    return (
      <aside className={styles['panel']} aria-label={t('details.label')}>
        <p className={styles['nothing']}>{t('details.nothing')}</p>
      </aside>
    );
  }
  const described = data?.study.studyKey === study.studyKey ? data : undefined;
  return (
    <aside className={styles['panel']} aria-label={t('details.label')}>
      {selectedCount > 1 && (
        <p className={styles['several']}>{t('details.several', { count: selectedCount })}</p>
      )}
      <PatientBlock study={study} otherDemographics={described?.otherDemographics ?? []} />
      <StudyFacts study={study} />
      {error && <p role="alert">{errorText(error)}</p>}
      {study.conflictCount > 0 && <Conflicts study={study} />}
      <SeriesList series={described?.series} expected={study.seriesCount} />
      {described && <Priors priors={described.priors} onOpen={onOpen} />}
      {described && <SamePatient study={study} />}
    </aside>
  );
}

function StudyFacts({ study }: { study: StudySummary }) {
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  const date = formatDicomDate(study.studyDate, language);
  const facts = [
    ['date', `${date} ${formatDicomTime(study.studyTime)}`.trim()],
    ['modality', study.modalities.join(' ')],
    ['description', study.description],
    ['bodyPart', study.bodyParts.join(' ')],
    ['accession', study.accessionNumber],
    ['facility', study.facility],
    ['counts', `${formatCount(study.seriesCount)} / ${formatCount(study.instanceCount)}`],
    ['size', formatBytes(study.byteCount)],
    ['received', formatMoment(study.receivedAtMs)],
    ['opened', study.openedAtMs === null ? t('details.neverOpened') : formatMoment(study.openedAtMs)],
  ] as const;
  return (
    <dl className={styles['facts']}>
      {facts.map(([id, value]) => (
        <div key={id} className={styles['fact']}>
          <dt>{t(`columns.${id}`)}</dt>
          <dd>{value === '' ? '—' : value}</dd>
        </div>
      ))}
      {study.evictedCount > 0 && (
        <p className={styles['note']}>{t('details.evicted', { count: study.evictedCount })}</p>
      )}
    </dl>
  );
}
