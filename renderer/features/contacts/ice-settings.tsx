import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Checkbox } from '#renderer/ui/checkbox.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import type { SettingsDocument } from '#shared/contract/settings.ts';
import styles from './contacts.module.css';
import { useAttempt } from './use-link.ts';

type Ice = SettingsDocument['ice'];

/** How two workstations find a path to each other beyond one network. */
export function IceSettings() {
  const { data } = useCall('settings', 'get', {});
  return data ? <IceForm stored={data.ice} /> : null;
}

function IceForm({ stored }: { stored: Ice }) {
  const { t } = useTranslation('contacts');
  const { settings } = useBackend();
  const attempt = useAttempt();
  const [stun, setStun] = useState(stored.stunUrls.join(' '));
  const [turn, setTurn] = useState(stored.turnUrls.join(' '));
  const [turnSecret, setTurnSecret] = useState(stored.turnSecret);
  const [isRelayOnly, setIsRelayOnly] = useState(stored.isRelayOnly);
  const save = () => {
    const ice = { stunUrls: wordsOf(stun), turnUrls: wordsOf(turn), turnSecret, isRelayOnly };
    attempt(settings.change({ ice }).then(() => showToast({ kind: 'done', title: t('ice.saved') })));
  };
  return (
    <section className={styles['block']}>
      <h3>{t('ice.title')}</h3>
      <p className={styles['quiet']}>{t('ice.lead')}</p>
      <div className={styles['row']}>
        <TextField
          label={t('ice.stun')}
          isLabelShown
          placeholder="stun:stun.example.org:3478"
          value={stun}
          onChange={setStun}
        />
        <TextField
          label={t('ice.turn')}
          isLabelShown
          placeholder="turns:turn.example.org:5349"
          value={turn}
          onChange={setTurn}
        />
        <TextField
          label={t('ice.secret')}
          isLabelShown
          type="password"
          maxLength={200}
          value={turnSecret}
          onChange={setTurnSecret}
        />
      </div>
      <div className={styles['row']}>
        <Checkbox label={t('ice.relayOnly')} isChecked={isRelayOnly} onChange={setIsRelayOnly} />
        <Button onClick={save}>{t('ice.save')}</Button>
      </div>
    </section>
  );
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
