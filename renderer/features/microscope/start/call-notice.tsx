import { Phone, PhoneOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { Button } from '#renderer/ui/button.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import type { LinkState } from '#shared/contract/link.ts';
import styles from './call-notice.module.css';

/** Paths that exist are found in one or two; from here on the network is what somebody has to look at. */
const NO_PATH_SECONDS = 10;

/** Who calls or is called, why a call ended, and what can be done about it. */
export function CallNotice({ link }: { link: LinkState | undefined }) {
  const { t } = useTranslation('microscope');
  const { link: client } = useBackend();
  const session = link?.session;
  const seconds = useSecondsSince(session?.startedAtMs);
  const tell = (error: unknown) =>
    showToast({ kind: 'problem', title: t('start.title'), text: errorText(error) });
  if (!session) {
    if (!link?.lastEnd) return null;
    return (
      <p className={styles['notice']} data-level={link.lastEnd === 'hung-up' ? 'quiet' : 'warning'}>
        {t(`call.end.${link.lastEnd}`)}
      </p>
    );
  }
  const { sessionId, peerName: name, role, state } = session;
  const hangUp = () => void client.hangUp({}).catch(tell);
  if (state === 'ringing') {
    return (
      <div className={styles['notice']} data-level="call" role="alert" data-testid="ringing">
        <div>
          <strong>{t('call.ringing', { name })}</strong>
          <p>{t(role === 'bench' ? 'call.ringingBench' : 'call.ringingConsole', { name })}</p>
        </div>
        <Button icon={PhoneOff} onClick={() => void client.decline({ sessionId }).catch(tell)}>
          {t('call.decline')}
        </Button>
        <Button
          icon={Phone}
          kind="primary"
          data-testid="accept-call"
          onClick={() => void client.accept({ sessionId }).catch(tell)}
        >
          {t('call.accept')}
        </Button>
      </div>
    );
  }
  if (state === 'connected') return null;
  const text =
    state === 'calling'
      ? t('call.calling', { name })
      : t(state === 'reconnecting' ? 'call.reconnecting' : 'call.connecting', { name, seconds });
  return (
    <div
      className={styles['notice']}
      data-level={state === 'reconnecting' ? 'warning' : 'call'}
      role="status"
      data-testid="call-state"
    >
      <div>
        {text}
        {state === 'connecting' && seconds >= NO_PATH_SECONDS && <p>{t('call.noPath')}</p>}
      </div>
      <Button icon={PhoneOff} onClick={hangUp}>
        {t(state === 'calling' ? 'call.cancel' : 'call.hangUp')}
      </Button>
    </div>
  );
}

function useSecondsSince(startedAtMs: number | undefined): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (startedAtMs === undefined) return undefined;
    const begunMs = performance.now();
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - begunMs) / 1000)), 500);
    return () => clearInterval(timer);
  }, [startedAtMs]);
  return seconds;
}
