import type { StudySummary } from '#shared/contract/study.ts';

/**
 * What a study is beside the one that was opened (current): an earlier (prior), a later or an undated one of the
 * same person, or one that was put beside it and may be of somebody else (other).
 */
export type StudyRole = 'current' | 'prior' | 'later' | 'undated' | 'other';

type Dated = Pick<StudySummary, 'studyDate' | 'studyTime'>;

/**
 * The role of another study of the same person. Only what is known to be earlier is called a prior: a later
 * study under that name would turn every change around.
 */
export function roleBeside(current: Dated, related: Dated): 'prior' | 'later' | 'undated' {
  if (current.studyDate === '' || related.studyDate === '') return 'undated';
  if (related.studyDate !== current.studyDate) {
    return related.studyDate < current.studyDate ? 'prior' : 'later';
  }
  if (current.studyTime === '' || related.studyTime === '') return 'undated';
  return related.studyTime <= current.studyTime ? 'prior' : 'later';
}

/** The place of a role in the list of studies. */
export function studyRoleOrder(role: StudyRole): number {
  return ['current', 'later', 'prior', 'undated', 'other'].indexOf(role);
}
