import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { CardView } from './card-view.tsx';
import { ContactList } from './contact-list.tsx';
import styles from './contacts.module.css';
import { IceSettings } from './ice-settings.tsx';
import { PairingPanel } from './pairing-panel.tsx';
import { useAttempt, useLink } from './use-link.ts';

/** Everything about who this workstation is and whom it talks to, as one section of the settings. */
export function ContactsSection() {
  const link = useLink();
  if (!link) return null;
  return (
    <>
      <OwnName key={link.name} name={link.name} />
      <PairingPanel />
      <ContactList contacts={link.contacts} />
      <OwnCard key={`${link.name} ${link.broker.url}`} />
      <IceSettings />
    </>
  );
}

function OwnName({ name }: { name: string }) {
  const { t } = useTranslation('contacts');
  const { link } = useBackend();
  const attempt = useAttempt();
  const [typed, setTyped] = useState(name);
  const isChanged = typed.trim() !== '' && typed.trim() !== name;
  const save = () => {
    if (isChanged) attempt(link.rename({ name: typed.trim() }));
  };
  return (
    <section className={styles['block']}>
      <h3>{t('name.title')}</h3>
      <p className={styles['quiet']}>{t('name.lead')}</p>
      <div className={styles['row']}>
        <TextField label={t('name.title')} maxLength={80} value={typed} onChange={setTyped} onSubmit={save} />
        <Button disabled={!isChanged} onClick={save}>
          {t('name.save')}
        </Button>
      </div>
    </section>
  );
}

/** For administrators who carry cards by hand; opened rarely, so not shown at once. */
function OwnCard() {
  const { t } = useTranslation('contacts');
  const [isShown, setIsShown] = useState(false);
  const { data } = useCall('link', 'showCard', isShown ? {} : undefined);
  return (
    <section className={styles['block']}>
      <h3>{t('card.title')}</h3>
      <p className={styles['quiet']}>{t('card.lead')}</p>
      <div className={styles['row']}>
        <Button onClick={() => setIsShown(!isShown)}>{t(isShown ? 'card.hide' : 'card.show')}</Button>
      </div>
      {isShown && data && <CardView cardText={data.cardText} />}
    </section>
  );
}
