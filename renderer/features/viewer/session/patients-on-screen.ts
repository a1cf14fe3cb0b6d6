import type { PatientKey } from '#shared/domain/identifiers.ts';
import type { StudySummary } from '#shared/contract/study.ts';
import type { Layout } from './layout.ts';
import type { LibraryStudy } from './series-library.ts';

type Patient = StudySummary['patient'];

/**
 * The different patients whose images a layout holds. Earlier and later studies are of the same person as the
 * opened one: by issuer and number, or because a person confirmed it. Every other patient record is another patient.
 */
export function patientsOnScreen(layout: Layout, studies: readonly LibraryStudy[]): readonly Patient[] {
  const current = studies.find(({ role }) => role === 'current');
  const shown = new Map<PatientKey, Patient>();
  for (const pane of layout.panes) {
    const study = studies.find(({ summary }) => summary.studyKey === pane?.studyKey);
    if (!study) continue;
    const { patient } = study.role !== 'other' && current ? current.summary : study.summary;
    shown.set(patient.patientKey, patient);
  }
  return [...shown.values()];
}

/** Names a set of patients, whatever their order. */
export function patientsKey(patients: readonly Patient[]): string {
  return patients
    .map(({ patientKey }) => patientKey)
    .toSorted((a, b) => a - b)
    .join(' ');
}
