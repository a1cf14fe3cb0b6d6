import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { drawQrCode } from '#renderer/link/qr-code.ts';
import { Button } from '#renderer/ui/button.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import styles from './contacts.module.css';

/** A card to be photographed or copied. */
export function CardView({ cardText }: { cardText: string }) {
  const { t } = useTranslation('contacts');
  const picture = useQrCode(cardText);
  const copy = () =>
    navigator.clipboard.writeText(cardText).then(
      () => showToast({ kind: 'done', title: t('card.copied') }),
      () => showToast({ kind: 'problem', title: t('card.notCopied') }),
    );
  return (
    <div className={styles['card']}>
      {picture !== undefined && <img className={styles['qr']} src={picture} alt={t('card.picture')} />}
      <div>
        <textarea
          className={styles['text']}
          readOnly
          aria-label={t('card.text')}
          value={cardText}
          data-testid="own-card"
        />
        <div className={styles['row']}>
          <Button icon={Copy} onClick={() => void copy()}>
            {t('card.copy')}
          </Button>
        </div>
      </div>
    </div>
  );
}

function useQrCode(text: string): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    let made: string | undefined;
    void drawQrCode(text).then(
      (image) => {
        if (!isWanted) return;
        made = URL.createObjectURL(image);
        setAddress(made);
      },
      // The text beside it says the same.
      () => setAddress(undefined),
    );
    return () => {
      isWanted = false;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [text]);
  return address;
}
