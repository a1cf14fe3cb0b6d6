import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDicomDate } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { shownName } from '#renderer/i18n/patient.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import styles from './delete-dialog.module.css';
import type { DeleteQuestion } from './use-study-actions.ts';

const LISTED = 6;
const commonReasons = ['wrongPatient', 'duplicate', 'test'] as const;

export interface DeleteDialogProps {
  readonly question: DeleteQuestion;
  readonly onDelete: (reason: string) => void;
  readonly onKeep: () => void;
}

/** Nothing leaves the list without a reason, and everything can come back for thirty days. */
export function DeleteDialog({ question, onDelete, onKeep }: DeleteDialogProps) {
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  const [reason, setReason] = useState('');
  const { studyKeys, known } = question;
  const isReady = reason.trim() !== '';
  const unlisted = studyKeys.length - Math.min(known.length, LISTED);
  return (
    <Dialog
      isOpen
      onClose={onKeep}
      title={t('delete.title', { count: studyKeys.length })}
      description={t('delete.text')}
      actions={
        <>
          <Button onClick={onKeep}>{t('delete.keep')}</Button>
          <Button kind="danger" icon={Trash2} disabled={!isReady} onClick={() => onDelete(reason.trim())}>
            {t('delete.confirm')}
          </Button>
        </>
      }
    >
      <ul className={styles['studies']}>
        {known.slice(0, LISTED).map((study) => (
          <li key={study.studyKey}>
            <span className={styles['name']}>
              {shownName(study.patient.name, language).main || t('noName')}
            </span>
            <span>{study.patient.id}</span>
            <span>{formatDicomDate(study.studyDate, language)}</span>
            <span>{study.modalities.join(' ')}</span>
          </li>
        ))}
        {unlisted > 0 && <li>{t('delete.more', { count: unlisted })}</li>}
      </ul>
      <div className={styles['reason']}>
        <TextField
          label={t('delete.reason')}
          isLabelShown
          maxLength={500}
          value={reason}
          onChange={setReason}
          onSubmit={() => {
            if (isReady) onDelete(reason.trim());
          }}
        />
        <div className={styles['common']}>
          {commonReasons.map((common) => (
            <Button key={common} kind="quiet" onClick={() => setReason(t(`delete.reasons.${common}`))}>
              {t(`delete.reasons.${common}`)}
            </Button>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
