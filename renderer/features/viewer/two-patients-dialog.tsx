import { useTranslation } from 'react-i18next';
import { formatDicomDate } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { shownName } from '#renderer/i18n/patient.ts';
import { patientsKey, patientsOnScreen } from './session/patients-on-screen.ts';
import { useLibrary, useModel, useSession } from './use-session.ts';
import styles from './two-patients-dialog.module.css';

/** Stands before everything until a person has said what images of two patients do on one screen. */
export function TwoPatientsDialog() {
  const { t } = useTranslation('viewer');
  const language = useLanguage();
  const session = useSession();
  const studies = useLibrary();
  const layout = useModel((model) => model.layout);
  const acknowledged = useModel((model) => model.acknowledgedPatients);
  const patients = patientsOnScreen(layout, studies);
  const key = patientsKey(patients);
  const isOpen = patients.length > 1 && acknowledged !== key;
  return (
    <Dialog
      isOpen={isOpen}
      mustAnswer
      // Esc gives the safe answer.
      onClose={() => session.removeOtherPatients()}
      title={t('twoPatients.title')}
      description={t('twoPatients.text')}
      actions={
        <>
          <Button kind="danger" onClick={() => session.update({ acknowledgedPatients: key })}>
            {t('twoPatients.keep')}
          </Button>
          <Button kind="primary" onClick={() => session.removeOtherPatients()}>
            {t('twoPatients.remove')}
          </Button>
        </>
      }
    >
      <ul className={styles['patients']}>
        {patients.map((patient) => (
          <li key={patient.patientKey}>
            <b>{shownName(patient.name, language).main}</b>{' '}
            <small>{shownName(patient.name, language).reading}</small>
            <span>
              {t('banner.id', { id: patient.id })} {patient.issuer}
            </span>
            <span>{t('banner.born', { date: formatDicomDate(patient.birthDate, language) })}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
