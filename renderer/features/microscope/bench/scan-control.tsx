import { ScanLine } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { ProgressBar } from '#renderer/ui/progress-bar.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { useModel } from '../use-session.ts';
import type { FrameFeed } from '../view/frame-feed.ts';
import styles from './bench.module.css';
import { ScanEnded } from './next-frame.ts';
import type { ScanFailure } from './next-frame.ts';
import { scanOverview } from './overview-scan.ts';

/** The overview of the slide: how far it is, and a way to end it. */
export function ScanControl({ session, feed }: { session: MicroscopeSession; feed: FrameFeed | undefined }) {
  const { t } = useTranslation('microscope');
  const [progress, setProgress] = useState<{ done: number; total: number }>();
  const [failure, setFailure] = useState<ScanFailure>();
  const aborter = useRef<AbortController>(undefined);
  const { hasSlide, isStopped } = useModel(({ telemetry }) => ({
    hasSlide: telemetry?.slide != null && !telemetry.isSlideChanging,
    isStopped: telemetry?.stop != null,
  }));
  const scan = async () => {
    if (!feed) return;
    const current = new AbortController();
    aborter.current = current;
    setFailure(undefined);
    setProgress({ done: 0, total: 0 });
    try {
      await scanOverview(session, feed, current.signal, (done, total) => setProgress({ done, total }));
    } catch (error) {
      if (!current.signal.aborted) setFailure(error instanceof ScanEnded ? error.failure : 'ended');
    } finally {
      setProgress(undefined);
    }
  };
  if (progress) {
    return (
      <div className={styles['running']}>
        <ProgressBar
          label={t('procedure.overview-scan')}
          done={progress.done}
          total={progress.total}
          shownValue={t('bench.scanning', progress)}
        />
        <Button
          onClick={() => {
            aborter.current?.abort();
            void session.cancelProcedure();
          }}
        >
          {t('procedure.cancel')}
        </Button>
      </div>
    );
  }
  return (
    <>
      <Button
        icon={ScanLine}
        disabled={!feed || !hasSlide || isStopped}
        title={hasSlide ? t('bench.scanText') : t('bench.scanNeedsSlide')}
        data-testid="scan"
        onClick={() => void scan()}
      >
        {t('bench.scan')}
      </Button>
      {!hasSlide && <p className={styles['last']}>{t('bench.scanNeedsSlide')}</p>}
      {failure && (
        <p className={styles['alert']} role="alert">
          {t(`bench.scanFailure.${failure}`)}
        </p>
      )}
    </>
  );
}
