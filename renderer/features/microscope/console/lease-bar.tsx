import { Hand, OctagonX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { useModel, useSession } from '../use-session.ts';
import styles from './lease-bar.module.css';

/** Who steers, and every way to change that. */
export function LeaseBar() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const { holder, requestedBy, party, isKnown } = useModel(({ telemetry, party, isSilent }) => ({
    holder: telemetry?.lease.holder ?? null,
    requestedBy: telemetry?.lease.requestedBy ?? null,
    isKnown: telemetry !== null && !isSilent,
    party,
  }));
  if (!isKnown) return null;
  const isOwn = holder === party;
  const other = party === 'bench' ? 'remote' : 'bench';
  const isAsked = requestedBy === other;
  const ask = (kind: 'request-lease' | 'release-lease' | 'take-back') => () => void session.request({ kind });
  return (
    <div className={styles['lease']} data-own={isOwn} data-testid="lease">
      <Hand size={16} aria-hidden />
      <span className={styles['holder']}>{t(isOwn ? 'lease.you' : `lease.${holder ?? 'nobody'}`)}</span>
      {isAsked && (
        <span className={styles['asked']} role="alert">
          {t(party === 'bench' ? 'lease.requested' : 'lease.requestedBench')}
        </span>
      )}
      {isAsked && (party === 'bench' || isOwn) && (
        <Button kind="primary" onClick={() => void session.request({ kind: 'grant-lease', to: other })}>
          {t('lease.grant')}
        </Button>
      )}
      {isOwn && !isAsked && <Button onClick={ask('release-lease')}>{t('lease.handOver')}</Button>}
      {!isOwn && party === 'bench' && (
        <Button onClick={ask(holder === 'remote' ? 'take-back' : 'request-lease')}>
          {t(holder === 'remote' ? 'lease.takeBack' : 'lease.take')}
        </Button>
      )}
      {!isOwn && party === 'remote' && requestedBy !== 'remote' && (
        <Button kind="primary" onClick={ask('request-lease')}>
          {t('lease.ask')}
        </Button>
      )}
      {!isOwn && party === 'remote' && requestedBy === 'remote' && (
        <>
          <span className={styles['waiting']}>{t('lease.asked')}</span>
          <Button onClick={ask('release-lease')}>{t('lease.withdraw')}</Button>
        </>
      )}
    </div>
  );
}

/** STOP at the head of a dialog: it covers the one in the room, which is released there. */
export function DialogStop() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const stop = useModel(({ telemetry }) => telemetry?.stop?.by ?? null);
  if (stop)
    return <strong className={styles['isStopped']}>{t('stop.by', { who: t(`party.${stop}`) })}</strong>;
  return (
    <button type="button" className={styles['stop']} onClick={() => session.stop()} data-testid="dialog-stop">
      <OctagonX size={20} aria-hidden />
      <strong>{t('stop.press')}</strong>
    </button>
  );
}

/** Open to both sides at any time, with or without control. */
export function StopButton() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const stop = useModel(({ telemetry }) => telemetry?.stop?.by ?? null);
  if (stop) {
    return (
      <div className={styles['stopped']} role="alert" data-testid="stopped">
        <OctagonX size={20} aria-hidden />
        <span>
          <strong>{t('stop.by', { who: t(`party.${stop}`) })}</strong>
          <small>{t('stop.explain')}</small>
        </span>
        <Button onClick={() => void session.request({ kind: 'release-stop' })}>{t('stop.release')}</Button>
      </div>
    );
  }
  return (
    <button type="button" className={styles['stop']} onClick={() => session.stop()} data-testid="stop">
      <OctagonX size={20} aria-hidden />
      <strong>{t('stop.press')}</strong>
      <small>{t('stop.hint')}</small>
    </button>
  );
}
