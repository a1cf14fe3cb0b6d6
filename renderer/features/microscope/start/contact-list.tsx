import { Phone } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { Button } from '#renderer/ui/button.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import type { LinkState } from '#shared/contract/link.ts';
import { AddContact } from './add-contact.tsx';
import styles from './contact-list.module.css';

export interface ContactListProps {
  readonly link: LinkState | undefined;
  /** What this workstation is in the call. */
  readonly role: 'bench' | 'pathologist';
  /** How two workstations get to know each other; another feature's. */
  readonly pairing: ReactNode;
}

/** Who can be called from here. */
export function ContactList({ link, role, pairing }: ContactListProps) {
  const { t } = useTranslation('microscope');
  const { link: client } = useBackend();
  const contacts = link?.contacts.filter(({ revokedAtMs }) => revokedAtMs === null) ?? [];
  return (
    <div className={styles['list']}>
      {contacts.length === 0 && <p className={styles['none']}>{t('start.noContacts')}</p>}
      <ul className={styles['contacts']}>
        {contacts.map(({ deviceId, name, presence }) => (
          <li key={deviceId}>
            <span className={styles['presence']} data-presence={presence} aria-hidden />
            <strong>{name}</strong>
            <span className={styles['state']}>{t(`start.${presence}`)}</span>
            <Button
              icon={Phone}
              kind={presence === 'online' ? 'primary' : 'plain'}
              disabled={link?.session !== null}
              data-testid="call"
              onClick={() => {
                client.call({ deviceId, role }).catch((error: unknown) => {
                  showToast({ kind: 'problem', title: name, text: errorText(error) });
                });
              }}
            >
              {t('start.call')}
            </Button>
          </li>
        ))}
      </ul>
      <AddContact pairing={pairing} isReady={link !== undefined} />
    </div>
  );
}
