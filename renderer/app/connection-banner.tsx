import { CloudOff, RefreshCw } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnection, useConnectionState } from '#renderer/backend/use-backend.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import styles from './connection-banner.module.css';

/** Says that the backend is away, what is safe, and what to do; lies over the room without moving it. */
export function ConnectionBanner() {
  const { t } = useTranslation('app');
  const state = useConnectionState();
  useRestoredToast();
  if (state.kind === 'lost') return <LostBanner sinceMs={state.sinceMs} />;
  if (state.kind !== 'other-build') return null;
  return (
    <Banner
      icon={RefreshCw}
      title={t('connection.otherBuild')}
      text={t('connection.otherBuildWhat')}
      action={
        <Button kind="primary" onClick={() => window.location.reload()}>
          {t('connection.reload')}
        </Button>
      }
    />
  );
}

function LostBanner({ sinceMs }: { sinceMs: number }) {
  const { t } = useTranslation('app');
  const connection = useConnection();
  const [nowMs, setNowMs] = useState(sinceMs);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Banner
      icon={CloudOff}
      title={t('connection.lost')}
      text={t('connection.lostSafe', { seconds: Math.max(0, Math.round((nowMs - sinceMs) / 1000)) })}
      action={<Button onClick={() => connection.retryNow()}>{t('connection.retryNow')}</Button>}
    />
  );
}

interface BannerProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
  readonly action: ReactNode;
}

function Banner({ icon: Icon, title, text, action }: BannerProps) {
  return (
    <div role="alert" className={styles['banner']}>
      <Icon size={20} aria-hidden className={styles['icon']} />
      <div>
        <p className={styles['title']}>{title}</p>
        <p>{text}</p>
      </div>
      {action}
    </div>
  );
}

function useRestoredToast(): void {
  const { t } = useTranslation('app');
  const connection = useConnection();
  const wasLost = useRef(false);
  useEffect(
    () =>
      connection.subscribe(() => {
        const { kind } = connection.state;
        if (kind === 'connected' && wasLost.current) {
          showToast({ kind: 'done', title: t('connection.restored'), id: 'connection' });
        }
        wasLost.current = kind === 'lost';
      }),
    [connection, t],
  );
}
