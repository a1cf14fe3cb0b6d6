import { CircleCheck, RectangleHorizontal } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { useModel, useSession } from '../use-session.ts';
import styles from './slide-state.module.css';

/** Which slide is under the objective, agreed by both; at the bench the way to another one. */
export function SlideState() {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const { slide, isChanging, party, isKnown } = useModel(({ telemetry, party }) => ({
    slide: telemetry?.slide ?? null,
    isChanging: telemetry?.isSlideChanging === true,
    isKnown: telemetry !== null,
    party,
  }));
  const [isAsking, setIsAsking] = useState(false);
  const [isConfirming, setIsConfirming] = useState(false);
  if (!isKnown) return null;
  const isAgreed = slide?.agreedBy.includes('remote') === true && slide.agreedBy.includes('bench');
  const isBench = party === 'bench';
  const mustAgree = slide !== null && !slide.agreedBy.includes(party);
  return (
    <div className={styles['slide']} data-testid="slide">
      <RectangleHorizontal size={16} aria-hidden />
      <strong className={styles['label']}>
        {isChanging ? t('slide.changing') : (slide?.label ?? t('slide.none'))}
      </strong>
      {slide && isAgreed && (
        <span className={styles['agreed']}>
          <CircleCheck size={14} aria-hidden />
          {t('slide.agreed')}
        </span>
      )}
      {slide && isBench && !isAgreed && <span className={styles['quiet']}>{t('slide.benchOnly')}</span>}
      {!slide && !isBench && <span className={styles['quiet']}>{t('slide.noneConsole')}</span>}
      {mustAgree && (
        <Button
          kind="primary"
          title={t('slide.questionText')}
          onClick={() =>
            void session.request({ kind: 'agree-slide', slideId: slide.slideId, label: slide.label })
          }
        >
          {t('slide.agree')}
        </Button>
      )}
      {isBench && (
        <Button
          kind={slide ? 'plain' : 'primary'}
          onClick={() => (slide ? setIsConfirming(true) : setIsAsking(true))}
        >
          {t(slide ? 'slide.change' : 'slide.label')}
        </Button>
      )}
      <Dialog
        isOpen={isConfirming}
        onClose={() => setIsConfirming(false)}
        title={t('slide.confirmChange')}
        description={t('slide.confirmChangeText')}
        actions={
          <>
            <Button onClick={() => setIsConfirming(false)}>{t('cancel')}</Button>
            <Button
              kind="primary"
              onClick={() => {
                setIsConfirming(false);
                void session.request({ kind: 'begin-slide-change' }).then((isBegun) => setIsAsking(isBegun));
              }}
            >
              {t('slide.change')}
            </Button>
          </>
        }
      />
      {isAsking && <SlideQuestion isChange={isChanging} onClose={() => setIsAsking(false)} />}
    </div>
  );
}

function SlideQuestion({ isChange, onClose }: { isChange: boolean; onClose: () => void }) {
  const { t } = useTranslation('microscope');
  const session = useSession();
  const [label, setLabel] = useState('');
  const propose = () => {
    if (label.trim() === '') return;
    void session
      .request({ kind: 'propose-slide', slideId: crypto.randomUUID(), label: label.trim() })
      .then((isTaken) => {
        if (isTaken) onClose();
      });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('slide.changeTitle')}
      description={t(isChange ? 'slide.changeText' : 'slide.firstText')}
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind="primary" disabled={label.trim() === ''} onClick={propose}>
            {t('slide.propose')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('slide.label')}
        isLabelShown
        maxLength={64}
        value={label}
        onChange={setLabel}
        onSubmit={propose}
      />
    </Dialog>
  );
}
