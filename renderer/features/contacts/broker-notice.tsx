import { useTranslation } from 'react-i18next';
import type { LinkState } from '#shared/contract/link.ts';
import styles from './contacts.module.css';

/** Where messages for this workstation are left, and what to do if that place cannot be reached. */
export function BrokerNotice({ broker }: { broker: LinkState['broker'] }) {
  const { t } = useTranslation('contacts');
  const { state, url, isEmbedded } = broker;
  if (state === 'connected') {
    return (
      <p className={styles['notice']}>{t(isEmbedded ? 'broker.embedded' : 'broker.connected', { url })}</p>
    );
  }
  return (
    <p className={styles['warning']} role="alert">
      {t(`broker.${state}`, { url })}
    </p>
  );
}
