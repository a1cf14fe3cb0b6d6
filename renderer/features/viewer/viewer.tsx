import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { useBackend, useCall, useConnectionState } from '#renderer/backend/use-backend.tsx';
import { PatientBanner } from './banner/patient-banner.tsx';
import { Pane } from './pane/pane.tsx';
import { AnnotationPanel } from './panel/annotation-panel.tsx';
import { activeCommands, createActions } from './session/session-actions.ts';
import { openStudy } from './session/open-study.ts';
import { ViewerSession } from './session/viewer-session.ts';
import { SeriesStrip } from './strip/series-strip.tsx';
import { Toolbar } from './toolbar/toolbar.tsx';
import { TwoPatientsDialog } from './two-patients-dialog.tsx';
import { useViewerCommands } from './use-viewer-commands.ts';
import {
  SessionProvider,
  useActiveController,
  useLibrary,
  useModel,
  useObserved,
  useSession,
} from './use-session.ts';
import type { PaneController } from './session/pane-controller.ts';
import styles from './viewer.module.css';

export interface ViewerProps {
  readonly studyKey: StudyKey;
  /** Shown if there is no such study. */
  readonly fallback: ReactNode;
}

/** The room in which one study is read; give it the study's key as React key. */
export function Viewer({ studyKey, fallback }: ViewerProps) {
  const backend = useBackend();
  const { data: settings } = useCall('settings', 'get', {});
  const [isMissing, setMissing] = useState(false);
  const [session] = useState(() => new ViewerSession({ backend, studyKey }));
  useEffect(() => {
    openStudy(session).catch(() => setMissing(true));
    return () => session.dispose();
  }, [session]);
  useEffect(() => {
    if (settings) session.update({ settings });
  }, [session, settings]);
  if (isMissing) return fallback;
  return (
    <SessionProvider value={session}>
      <OpenedStudy />
    </SessionProvider>
  );
}

function OpenedStudy() {
  const session = useSession();
  const study = useLibrary().find(({ role }) => role === 'current');
  const isPanelOpen = useModel((model) => model.isPanelOpen);
  const connection = useConnectionState();
  useEffect(() => {
    if (connection.kind === 'connected') session.reconnected();
  }, [connection, session]);
  return (
    <div className={styles['viewer']} data-panel={isPanelOpen || undefined}>
      <Commands />
      {study ? <PatientBanner study={study.summary} ageText="" /> : <div className={styles['opening']} />}
      <Toolbar />
      <SeriesStrip />
      <Grid />
      {isPanelOpen && <AnnotationPanel />}
      <TwoPatientsDialog />
    </div>
  );
}

function Grid() {
  const layout = useModel((model) => model.layout);
  const { rows, columns, isMaximised, activePane } = layout;
  return (
    <div
      className={styles['grid']}
      data-layout={`${rows}x${columns}`}
      style={
        isMaximised
          ? { gridTemplate: '100% / 100%' }
          : { gridTemplate: `repeat(${rows}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))` }
      }
    >
      {layout.panes.map((_, pane) =>
        isMaximised && pane !== activePane ? null : <Pane key={pane} pane={pane} />,
      )}
    </div>
  );
}

/** Registers the commands; apart from the rest, because it follows every switch. */
function Commands() {
  const controller = useActiveController();
  return controller ? <CommandsOfView controller={controller} /> : <CommandsWithoutView />;
}

function CommandsOfView({ controller }: { controller: PaneController }) {
  const { isInverted, stack } = useObserved(controller.view.state);
  return <RegisteredCommands isInverted={isInverted} isReformat={stack?.kind === 'reformat'} />;
}

function CommandsWithoutView() {
  return <RegisteredCommands isInverted={false} isReformat={false} />;
}

function RegisteredCommands({ isInverted, isReformat }: { isInverted: boolean; isReformat: boolean }) {
  const session = useSession();
  useTranslation('viewer');
  const model = useModel((whole) => whole);
  const actions = useMemo(() => createActions(session), [session]);
  const isCurrentOnRight = model.settings?.currentSideOfPrior === 'right';
  useViewerCommands(actions, activeCommands(model, { isInverted, isReformat, isCurrentOnRight }));
  return null;
}
