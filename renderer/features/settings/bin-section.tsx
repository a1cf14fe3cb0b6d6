import { Trash2, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useCall, useChange } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { formatBytes, formatDicomDate, formatMoment } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { shownName } from '#renderer/i18n/patient.ts';
import { Button } from '#renderer/ui/button.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import type { BinEntry } from '#shared/contract/storage.ts';
import styles from './bin-section.module.css';
import { Paragraph } from './setting.tsx';

export function BinSection() {
  const { t } = useTranslation('settings');
  const { data } = useCall('archive', 'listBin', {});
  if (!data) return null;
  if (data.entries.length === 0) {
    return (
      <EmptyState icon={Trash2} title={t('bin.empty')}>
        {t('bin.text')}
      </EmptyState>
    );
  }
  return (
    <>
      <Paragraph>{t('bin.text')}</Paragraph>
      <ul>
        {data.entries.map((entry) => (
          <DeletedStudy key={entry.study.studyKey} entry={entry} />
        ))}
      </ul>
    </>
  );
}

function DeletedStudy({ entry }: { entry: BinEntry }) {
  const { t } = useTranslation('settings');
  const language = useLanguage();
  const restore = useChange('archive', 'restoreStudies');
  const { study } = entry;
  const name = shownName(study.patient.name, language);
  const facts = [
    formatDicomDate(study.studyDate, language),
    study.modalities.join(' '),
    study.description,
    study.patient.id,
    formatBytes(study.byteCount),
  ];
  return (
    <li className={styles['study']}>
      <div>
        <p className={styles['name']}>
          {name.main || '—'} {name.reading !== '' && <span className={styles['quiet']}>{name.reading}</span>}
        </p>
        <p>{facts.filter((fact) => fact !== '').join(' · ')}</p>
        <p>{t('bin.reason', { reason: entry.reason })}</p>
        <p className={styles['quiet']}>
          {t('bin.when', {
            deleted: formatMoment(entry.deletedAtMs),
            purged: formatMoment(entry.purgeAtMs),
          })}
        </p>
      </div>
      <Button
        icon={Undo2}
        disabled={restore.isPending}
        onClick={() =>
          restore.mutate(
            { studyKeys: [study.studyKey] },
            {
              onSuccess: () => showToast({ kind: 'done', title: t('bin.restored') }),
              onError: (error) =>
                showToast({ kind: 'problem', title: t('bin.notRestored'), text: errorText(error) }),
            },
          )
        }
      >
        {t('bin.restore')}
      </Button>
    </li>
  );
}
