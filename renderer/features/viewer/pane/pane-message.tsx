import { RotateCw, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ViewState } from '#renderer/imaging/index.ts';
import { FrameFailure } from '#shared/dicom/pixels/frame-failure.ts';
import { Button } from '#renderer/ui/button.tsx';
import { findingText } from '../finding-text.ts';
import { textIfAny } from '../texts.ts';
import { objectKindText } from '../object-kind.ts';
import type { PaneController, PaneNotice } from '../session/pane-controller.ts';
import { useLibrary, useObserved, useSession } from '../use-session.ts';
import styles from './pane-message.module.css';

/** What is true while a pane shows no image: what is being done, or what went wrong and what to do. */
export function PaneMessage({ controller, state }: { controller: PaneController; state: ViewState }) {
  const { t } = useTranslation('viewer');
  const notice = useObserved(controller.notice);
  if (notice) return <Notice controller={controller} notice={notice} />;
  if (state.status === 'failed') return <Failed controller={controller} state={state} />;
  if (state.status === 'loading' && !state.image && state.stack) return <Loading stack={state.stack} />;
  if (controller.content === null) return <p className={styles['empty']}>{t('pane.empty')}</p>;
  return null;
}

function Loading({ stack }: { stack: NonNullable<ViewState['stack']> }) {
  const { t } = useTranslation('viewer');
  const { loaded, total } = useObserved(stack.progress);
  return (
    <p className={styles['quiet']} role="status">
      {t('pane.loading', { loaded, total })}
    </p>
  );
}

function Failed({ controller, state }: { controller: PaneController; state: ViewState }) {
  const { t } = useTranslation('viewer');
  // A file that could not be read is not to be called safe.
  const isFileAtHand = !(state.failure instanceof FrameFailure && state.failure.code === 'unavailable');
  return (
    <div className={styles['problem']} role="alert">
      <TriangleAlert size={20} aria-hidden />
      <p>
        <b>{t('pane.failed')}</b>{' '}
        {t('corner.image', { number: state.targetIndex + 1, count: state.stack?.images.length ?? 0 })}
      </p>
      {state.failure instanceof FrameFailure && <p>{failureText(state.failure)}</p>}
      <p>{t(isFileAtHand ? 'pane.failedSafe' : 'pane.othersSafe')}</p>
      <Button icon={RotateCw} onClick={() => controller.view.retry()}>
        {t('pane.retry')}
      </Button>
    </div>
  );
}

function failureText({ code }: FrameFailure): string {
  return textIfAny(`viewer:frameFailure.${code}`) ?? code;
}

function Notice({ controller, notice }: { controller: PaneController; notice: PaneNotice }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const library = useLibrary();
  const { content } = controller;
  const series = library
    .find(({ summary }) => summary.studyKey === content?.studyKey)
    ?.series?.find(({ summary }) => summary.seriesUid === content?.seriesUid);
  switch (notice.kind) {
    case 'reading':
      return (
        <p className={styles['quiet']} role="status">
          {t('pane.reading')}
        </p>
      );
    case 'no-images':
      return (
        <p className={styles['empty']} data-kind="no-images">
          {t('pane.noImages', { kind: objectKindText(series?.summary.modality ?? '', t) })}
        </p>
      );
    case 'unreadable':
      return (
        <div className={styles['problem']} role="alert">
          <TriangleAlert size={20} aria-hidden />
          <p>{t('pane.unreadable')}</p>
          <Button icon={RotateCw} onClick={() => session.change((shown) => ({ ...shown }))}>
            {t('pane.retry')}
          </Button>
        </div>
      );
    default:
      return (
        <div className={styles['problem']} role="alert">
          <TriangleAlert size={20} aria-hidden />
          <p>{t('pane.refused', { reason: findingText(notice.finding) })}</p>
          <Button onClick={() => session.change((shown) => ({ ...shown, plane: 'stored', slab: null }))}>
            {t('pane.backToStored')}
          </Button>
        </div>
      );
  }
}
