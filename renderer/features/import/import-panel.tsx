import { Inbox, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '#renderer/ui/icon-button.tsx';
import { useControlWords } from '#renderer/ui/words.tsx';
import { useImporting } from './import-context.tsx';
import styles from './import-panel.module.css';
import { ImportResult } from './import-result.tsx';
import { ImportRunning } from './import-running.tsx';

const CLOCK_MS = 500;

export interface ImportPanelProps {
  /** To the list, newest arrivals first. */
  readonly onShowArrivals: () => void;
}

/** How far every import is, and what became of those that ended. Lies over the room without moving it. */
export function ImportPanel({ onShowArrivals }: ImportPanelProps) {
  const { t } = useTranslation('import');
  const words = useControlWords();
  const { views, isPanelOpen, setPanelOpen, actions } = useImporting();
  const isRunning = views.some(({ state }) => state === 'running');
  const nowMs = useNow(isPanelOpen && isRunning);
  if (!isPanelOpen) return null;
  return (
    <section className={styles['panel']} aria-label={t('title')}>
      <header className={styles['header']}>
        <h2>{t('title')}</h2>
        <IconButton icon={X} label={words.close} onClick={() => setPanelOpen(false)} />
      </header>
      <ul className={styles['imports']}>
        {views.length === 0 && (
          <li className={styles['none']}>
            <Inbox size={16} aria-hidden /> {t('none')}
          </li>
        )}
        {views.map((view) => (
          <li key={view.id} className={styles['import']}>
            {view.state === 'running' || view.state === 'waiting' ? (
              <ImportRunning view={view} nowMs={nowMs} onCancel={() => actions.cancel(view)} />
            ) : (
              <ImportResult view={view} onShowArrivals={onShowArrivals} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function useNow(isTicking: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return undefined;
    const timer = setInterval(() => setNowMs(Date.now()), CLOCK_MS);
    return () => clearInterval(timer);
  }, [isTicking]);
  return nowMs;
}
