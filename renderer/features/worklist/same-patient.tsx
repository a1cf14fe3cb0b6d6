import { useQueryClient } from '@tanstack/react-query';
import { UserRoundCheck } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PatientSummary, SamePatientCandidate, StudySummary } from '#shared/contract/study.ts';
import { useCall, useChange } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { formatMoment } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import styles from './details-panel.module.css';
import { Demography, nameWithReading } from './patient-block.tsx';

/** Patient records of other hospitals that may be the same person. The number alone never decides. */
export function SamePatient({ study }: { study: StudySummary }) {
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  const { data } = useCall('archive', 'listSamePatientCandidates', { studyKey: study.studyKey });
  const [asked, setAsked] = useState<SamePatientCandidate>();
  if (!data || data.candidates.length === 0) return null;
  return (
    <section>
      <h3 className={styles['heading']}>{t('same.heading')}</h3>
      <ul>
        {data.candidates.map((candidate) => (
          <li key={candidate.patient.patientKey} className={styles['candidate']}>
            <div>
              <p>{nameWithReading(candidate.patient.name, language) || t('noName')}</p>
              <p className={styles['quiet']}>
                {[
                  candidate.patient.issuer || t('same.noIssuer'),
                  candidate.patient.id,
                  t('same.studies', { count: candidate.studyCount }),
                ].join(' · ')}
              </p>
              {candidate.confirmed && (
                <p className={styles['quiet']}>
                  {t('same.confirmed', { moment: formatMoment(candidate.confirmed.atMs) })}
                </p>
              )}
            </div>
            <Button onClick={() => setAsked(candidate)}>
              {candidate.confirmed ? t('same.separate') : t('same.compare')}
            </Button>
          </li>
        ))}
      </ul>
      {asked && (
        <SamePatientDialog here={study.patient} candidate={asked} onClose={() => setAsked(undefined)} />
      )}
    </section>
  );
}

interface SamePatientDialogProps {
  readonly here: PatientSummary;
  readonly candidate: SamePatientCandidate;
  readonly onClose: () => void;
}

function SamePatientDialog({ here, candidate, onClose }: SamePatientDialogProps) {
  const { t } = useTranslation('worklist');
  const isConfirmed = candidate.confirmed !== null;
  const queryClient = useQueryClient();
  const change = useChange('archive', isConfirmed ? 'separatePatients' : 'confirmSamePatient');
  const decide = () =>
    change.mutate(
      { patientKeys: [here.patientKey, candidate.patient.patientKey] },
      {
        onSuccess: () => {
          void queryClient.invalidateQueries({ queryKey: ['archive', 'listSamePatientCandidates'] });
          void queryClient.invalidateQueries({ queryKey: ['archive', 'describeStudy'] });
          onClose();
        },
        onError: (error) => showToast({ kind: 'problem', title: t('failed'), text: errorText(error) }),
      },
    );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      mustAnswer
      width="wide"
      title={isConfirmed ? t('same.separateTitle') : t('same.title')}
      description={isConfirmed ? t('same.separateText') : t('same.text')}
      actions={
        <>
          <Button onClick={onClose}>{t('same.leave')}</Button>
          <Button
            kind={isConfirmed ? 'danger' : 'primary'}
            icon={UserRoundCheck}
            disabled={change.isPending}
            onClick={decide}
          >
            {isConfirmed ? t('same.separateConfirm') : t('same.confirm')}
          </Button>
        </>
      }
    >
      <div className={styles['compare']}>
        <Person patient={here} heading={t('same.here')} />
        <Person patient={candidate.patient} heading={t('same.there')} />
      </div>
    </Dialog>
  );
}

/** What a person compares: kana, date of birth and sex first, as they are filed. */
function Person({ patient, heading }: { patient: PatientSummary; heading: string }) {
  const { t } = useTranslation('worklist');
  const spaced = (group: string) => group.split('^').join(' ').trim() || '—';
  return (
    <section className={styles['person']}>
      <h3 className={styles['heading']}>{heading}</h3>
      <p className={styles['name']}>{spaced(patient.name.phonetic)}</p>
      <p className={styles['identity']}>
        <Demography demographics={patient} onDate="" />
      </p>
      <p>{spaced(patient.name.ideographic)}</p>
      <p>{spaced(patient.name.alphabetic)}</p>
      <p className={styles['quiet']}>{[patient.issuer || t('same.noIssuer'), patient.id].join(' · ')}</p>
    </section>
  );
}
