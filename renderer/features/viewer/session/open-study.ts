import type { StudyKey } from '#shared/domain/identifiers.ts';
import { viewerAddress } from './state-keeper.ts';
import { roleBeside } from './study-role.ts';
import type { StudyRole } from './study-role.ts';
import type { ViewerSession } from './viewer-session.ts';

/** Fetches what a study consists of and adds it to what can be shown. */
export async function addStudy(session: ViewerSession, studyKey: StudyKey, role: StudyRole): Promise<void> {
  const { study, series, priors } = await session.backend.archive.describeStudy({ studyKey });
  session.library.add(study, role, series);
  if (role !== 'current') return;
  for (const related of priors) session.library.add(related.study, roleBeside(study, related.study));
}

/**
 * Opens the study of a session: as the address says, else as it was left, else as the hanging rules say.
 * The first image is asked for before anything else is read.
 */
export async function openStudy(session: ViewerSession): Promise<void> {
  const { backend, studyKey, library } = session;
  const addressed = viewerAddress();
  const stored = addressed.state
    ? Promise.resolve({ state: addressed.state })
    : backend.viewing.findViewerState({ studyKey }).catch(() => ({ state: null }));
  const preferences = backend.viewing.getPreferences({}).catch(() => undefined);
  const settings = backend.settings.get({}).catch(() => undefined);
  await addStudy(session, studyKey, 'current');
  void backend.archive.markOpened({ studyKey }).catch(() => {});
  const others = addressed.withStudies.map((key) => addOther(session, key as StudyKey));
  const found = await preferences;
  if (found) session.update({ preferences: found });
  const chosen = await settings;
  if (chosen) session.update({ settings: chosen });
  const { state } = await stored;
  await Promise.all([...others, ...missingStudies(session, state?.panes ?? [])]);
  if (!state) await session.hanging.open();
  else {
    session.restore(state);
    if (state.hanging) await session.hanging.recall(state.hanging.stage);
  }
  await library.readAll(studyKey);
}

async function addOther(session: ViewerSession, studyKey: StudyKey): Promise<void> {
  // A study that is gone is no reason not to show the others.
  await addStudy(session, studyKey, 'other').catch(() => {});
}

/** A stored state may hold priors, or studies of others that were beside it. */
function missingStudies(
  session: ViewerSession,
  panes: readonly ({ readonly studyKey: StudyKey } | null)[],
): Promise<void>[] {
  const wanted = new Set(panes.flatMap((pane) => (pane ? [pane.studyKey] : [])));
  return [...wanted]
    .filter((key) => session.library.study(key)?.series === undefined)
    .map((key) => addOther(session, key));
}
