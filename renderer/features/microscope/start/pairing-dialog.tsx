import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import type { LinkState, PairingState } from '#shared/contract/link.ts';
import styles from './pairing-dialog.module.css';

/** Two workstations get to know each other: one shows a card, the other reads it, two people compare a code. */
export function PairingDialog({ link, onClose }: { link: LinkState; onClose: () => void }) {
  const { t } = useTranslation('microscope');
  const { link: client } = useBackend();
  const [problem, setProblem] = useState<string>();
  const tell = (call: Promise<unknown>) => {
    setProblem(undefined);
    call.catch((error: unknown) => setProblem(errorText(error)));
  };
  const { pairing } = link;
  useEffect(
    () => () => {
      client.closePairing({}).catch(() => {
        // Nothing was open.
      });
    },
    [client],
  );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('pairing.title')}
      description={t('pairing.explain')}
      width="wide"
    >
      <div className={styles['pairing']} data-testid="pairing" data-state={pairing.state}>
        {(pairing.state === 'closed' || pairing.state === 'failed') && (
          <>
            <Button onClick={() => tell(client.openPairing({}))} data-testid="show-card">
              {t('pairing.showCard')}
            </Button>
            <ReadCard onRead={(cardText) => tell(client.joinPairing({ cardText }))} />
          </>
        )}
        {pairing.state === 'waiting' && <OwnCard cardText={pairing.cardText} />}
        {pairing.state === 'joining' && (
          <p role="status">{t('pairing.joining', { name: pairing.peerName })}</p>
        )}
        {pairing.state === 'comparing' && (
          <Compare pairing={pairing} answer={(isSame) => tell(client.confirmCode({ isSame }))} />
        )}
        {pairing.state === 'paired' && (
          <p className={styles['good']} role="status">
            {t('pairing.paired', { name: pairing.peerName })}
          </p>
        )}
        {pairing.state === 'failed' && (
          <p className={styles['problem']} role="alert">
            {t(`pairing.failure.${pairing.reason}`)}
          </p>
        )}
        {problem !== undefined && (
          <p className={styles['problem']} role="alert">
            {problem}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function OwnCard({ cardText }: { cardText: string }) {
  const { t } = useTranslation('microscope');
  return (
    <>
      <p>{t('pairing.ownCard')}</p>
      <textarea className={styles['card']} readOnly rows={5} value={cardText} data-testid="own-card" />
      <div>
        <Button icon={Copy} onClick={() => void navigator.clipboard.writeText(cardText)}>
          {t('pairing.copy')}
        </Button>
      </div>
    </>
  );
}

function ReadCard({ onRead }: { onRead: (cardText: string) => void }) {
  const { t } = useTranslation('microscope');
  const [text, setText] = useState('');
  return (
    <div className={styles['read']}>
      <TextField
        label={t('pairing.readCard')}
        isLabelShown
        maxLength={4000}
        value={text}
        onChange={setText}
        onSubmit={() => onRead(text.trim())}
      />
      <Button disabled={text.trim() === ''} onClick={() => onRead(text.trim())}>
        {t('pairing.read')}
      </Button>
    </div>
  );
}

/** The code is read aloud: whoever sits between the two cannot make both see the same one. */
function Compare(props: {
  pairing: Extract<PairingState, { state: 'comparing' }>;
  answer: (isSame: boolean) => void;
}) {
  const { pairing, answer } = props;
  const { t } = useTranslation('microscope');
  return (
    <>
      <p>{t('pairing.compare', { name: pairing.peerName })}</p>
      <strong className={styles['code']} data-testid="pairing-code">
        {pairing.code}
      </strong>
      {pairing.isConfirmedHere ? (
        <p role="status">{t('pairing.waitingForOther')}</p>
      ) : (
        <div className={styles['answers']}>
          <Button onClick={() => answer(false)}>{t('pairing.different')}</Button>
          <Button kind="primary" onClick={() => answer(true)}>
            {t('pairing.same')}
          </Button>
        </div>
      )}
    </>
  );
}
