import { Check, Link2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { formatDuration } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import type { PairingState } from '#shared/contract/link.ts';
import { AddCard } from './add-card.tsx';
import { BrokerNotice } from './broker-notice.tsx';
import { CardView } from './card-view.tsx';
import styles from './contacts.module.css';
import { useAttempt, useLink } from './use-link.ts';

/** Two people introduce their workstations to each other, and compare six digits by voice. */
export function PairingPanel() {
  const link = useLink();
  if (!link) return null;
  const { pairing } = link;
  return (
    <div data-testid="pairing" data-state={pairing.state}>
      <BrokerNotice broker={link.broker} />
      {pairing.state === 'comparing' ? (
        <Comparing pairing={pairing} />
      ) : (
        <>
          <OwnSide pairing={pairing} />
          {pairing.state !== 'waiting' && pairing.state !== 'joining' && <AddCard />}
        </>
      )}
    </div>
  );
}

function OwnSide({ pairing }: { pairing: Exclude<PairingState, { state: 'comparing' }> }) {
  const { t } = useTranslation('contacts');
  const { link } = useBackend();
  const attempt = useAttempt();
  const stop = (
    <Button icon={X} onClick={() => attempt(link.closePairing({}))}>
      {t('pairing.stop')}
    </Button>
  );
  if (pairing.state === 'joining') {
    return (
      <section className={styles['block']}>
        <p role="status">{t('pairing.joining', { name: pairing.peerName })}</p>
        <div className={styles['row']}>{stop}</div>
      </section>
    );
  }
  if (pairing.state === 'waiting') {
    return (
      <section className={styles['block']}>
        <h3>{t('pairing.waiting')}</h3>
        <Remaining untilMs={pairing.expiresAtMs} />
        <CardView cardText={pairing.cardText} />
        <div className={styles['row']}>{stop}</div>
      </section>
    );
  }
  return (
    <section className={styles['block']}>
      {pairing.state === 'paired' && (
        <p role="status" className={styles['outcome']}>
          {t('pairing.paired', { name: pairing.peerName })}
        </p>
      )}
      {pairing.state === 'failed' && (
        <p role="alert" className={styles['failure']}>
          {t(`failure.${pairing.reason}`)}
        </p>
      )}
      <h3>{t('pairing.title')}</h3>
      <p className={styles['quiet']}>{t('pairing.lead')}</p>
      <div className={styles['row']}>
        <Button
          kind="primary"
          icon={Link2}
          onClick={() => attempt(link.openPairing({}))}
          data-testid="show-card"
        >
          {t('pairing.start')}
        </Button>
      </div>
    </section>
  );
}

function Comparing({ pairing }: { pairing: Extract<PairingState, { state: 'comparing' }> }) {
  const { t } = useTranslation('contacts');
  const { link } = useBackend();
  const attempt = useAttempt();
  const { code, peerName: name, isConfirmedHere } = pairing;
  return (
    <section className={styles['block']}>
      <h3>{t('compare.title', { name })}</h3>
      <p className={styles['quiet']}>{t('compare.lead')}</p>
      <p className={styles['code']} aria-label={t('compare.code')} data-testid="pairing-code">
        {code}
      </p>
      {isConfirmedHere && <p role="status">{t('compare.waiting', { name })}</p>}
      <div className={styles['row']}>
        <Button kind="danger" icon={X} onClick={() => attempt(link.confirmCode({ isSame: false }))}>
          {t('compare.different')}
        </Button>
        <Button
          icon={Check}
          disabled={isConfirmedHere}
          onClick={() => attempt(link.confirmCode({ isSame: true }))}
        >
          {t('compare.same')}
        </Button>
      </div>
    </section>
  );
}

function Remaining({ untilMs }: { untilMs: number }) {
  const { t } = useTranslation('contacts');
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.round((untilMs - nowMs) / 1000));
  return <p className={styles['quiet']}>{t('pairing.remaining', { time: formatDuration(seconds) })}</p>;
}
