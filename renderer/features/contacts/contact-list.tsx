import { ShieldOff } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { formatMoment } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import type { Contact } from '#shared/contract/link.ts';
import styles from './contacts.module.css';
import { useAttempt } from './use-link.ts';

/** Whom this workstation knows, with the digits to compare at any time, and a way to end it. */
export function ContactList({ contacts }: { contacts: readonly Contact[] }) {
  const { t } = useTranslation('contacts');
  const [asked, setAsked] = useState<Contact>();
  const { link } = useBackend();
  const attempt = useAttempt();
  return (
    <section className={styles['block']}>
      <h3>{t('list.title')}</h3>
      <p className={styles['quiet']}>{t(contacts.length === 0 ? 'list.none' : 'list.lead')}</p>
      <ul className={styles['contacts']} aria-label={t('list.title')}>
        {contacts.map((contact) => (
          <Row key={contact.deviceId} contact={contact} onRevoke={() => setAsked(contact)} />
        ))}
      </ul>
      <Dialog
        isOpen={asked !== undefined}
        onClose={() => setAsked(undefined)}
        title={t('revoke.title', { name: asked?.name ?? '' })}
        description={t('revoke.text')}
        actions={
          <>
            <Button onClick={() => setAsked(undefined)}>{t('revoke.cancel')}</Button>
            <Button
              kind="danger"
              onClick={() => {
                if (asked) attempt(link.revoke({ deviceId: asked.deviceId }));
                setAsked(undefined);
              }}
            >
              {t('revoke.confirm')}
            </Button>
          </>
        }
      />
    </section>
  );
}

function Row({ contact, onRevoke }: { contact: Contact; onRevoke: () => void }) {
  const { t } = useTranslation('contacts');
  const { name, presence, safetyCode, revokedAtMs } = contact;
  const isRevoked = revokedAtMs !== null;
  return (
    <li className={styles['contact']} data-revoked={isRevoked}>
      <div>
        <strong>{name}</strong>{' '}
        <span className={styles['quiet']}>
          {isRevoked ? t('list.revoked', { when: formatMoment(revokedAtMs) }) : t(`list.${presence}`)}
        </span>
        <p className={styles['quiet']}>
          {t('list.code')} <span className={styles['safetyCode']}>{safetyCode}</span>
        </p>
      </div>
      {!isRevoked && (
        <Button icon={ShieldOff} onClick={onRevoke}>
          {t('revoke.button')}
        </Button>
      )}
    </li>
  );
}
