import { Camera, FileText, UserPlus } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { readQrCode } from '#renderer/link/qr-code.ts';
import { Button } from '#renderer/ui/button.tsx';
import { readContactCard } from '#shared/link/contact-card.ts';
import { CameraReader } from './camera-reader.tsx';
import styles from './contacts.module.css';
import { useAttempt } from './use-link.ts';

/** Nothing longer is a card. */
const MAXIMUM_CARD_LENGTH = 4000;

/** Somebody's card as text, from a file, or from a picture of a QR code. */
export function AddCard() {
  const { t } = useTranslation('contacts');
  const [typed, setTyped] = useState('');
  const [isLooking, setIsLooking] = useState(false);
  const [isUnreadable, setIsUnreadable] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const take = useCard();
  const use = (text: string | undefined) => {
    setIsLooking(false);
    const isTaken = text !== undefined && take(text);
    setIsUnreadable(!isTaken);
    setTyped(isTaken ? '' : (text ?? ''));
  };
  const choose = async ([chosen]: readonly File[]) => {
    if (chosen) use(await textOf(chosen));
  };
  return (
    <section className={styles['block']}>
      <h3>{t('add.title')}</h3>
      <p className={styles['quiet']}>{t('add.lead')}</p>
      <textarea
        className={styles['text']}
        aria-label={t('add.text')}
        placeholder="enkaku:1:…"
        maxLength={MAXIMUM_CARD_LENGTH}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {isUnreadable && <p role="alert">{t('add.unreadable')}</p>}
      {isLooking && <CameraReader onRead={use} />}
      <div className={styles['row']}>
        <Button kind="primary" icon={UserPlus} disabled={typed.trim() === ''} onClick={() => use(typed)}>
          {t('add.use')}
        </Button>
        <Button icon={FileText} onClick={() => file.current?.click()}>
          {t('add.file')}
        </Button>
        <Button icon={Camera} onClick={() => setIsLooking(!isLooking)}>
          {t(isLooking ? 'add.stopCamera' : 'add.camera')}
        </Button>
        <input
          ref={file}
          type="file"
          hidden
          onChange={({ target }) => {
            void choose([...(target.files ?? [])]);
            target.value = '';
          }}
        />
      </div>
    </section>
  );
}

/** Meets the card's owner, or adds what was carried by hand. False for what is no card. */
function useCard(): (cardText: string) => boolean {
  const { link } = useBackend();
  const attempt = useAttempt();
  return (cardText) => {
    const card = readContactCard(cardText);
    if (!card) return false;
    attempt(card.pairing ? link.joinPairing({ cardText }) : link.addCard({ cardText }));
    return true;
  };
}

async function textOf(file: File): Promise<string | undefined> {
  if (file.type.startsWith('image/')) return readQrCode(file).catch(() => undefined);
  return file.size > MAXIMUM_CARD_LENGTH ? undefined : file.text();
}
