import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import styles from './bench.module.css';
import type { MeasuredStep } from './day-check-dialog.tsx';
import type { CameraDesk, MeasuredWhite } from './picture/camera-desk.ts';

interface WhiteBalanceCheckProps {
  readonly session: MicroscopeSession;
  readonly desk: CameraDesk;
  readonly onMeasured: (measured: MeasuredStep) => void;
}

/** Measures the white of an empty field and uses it from then on, or says why this field is none. */
export function WhiteBalanceCheck({ session, desk, onMeasured }: WhiteBalanceCheckProps) {
  const { t } = useTranslation('microscope');
  const [isMeasuring, setIsMeasuring] = useState(false);
  const [result, setResult] = useState<MeasuredWhite>();
  const measure = () => {
    setIsMeasuring(true);
    desk
      .measureWhite()
      .then((measured) => {
        setResult(measured);
        if (measured.kind === 'refused') {
          onMeasured({ outcome: 'failed', detail: t(`check.white.${measured.reason}`).slice(0, 200) });
          return;
        }
        const { gains } = measured.white;
        onMeasured({
          outcome: 'passed',
          detail: `R ${gains.red.toFixed(3)} G ${gains.green.toFixed(3)} B ${gains.blue.toFixed(3)}`,
        });
      })
      .catch((error: unknown) => session.showProblem(error))
      .finally(() => setIsMeasuring(false));
  };
  return (
    <div className={styles['measured']}>
      <Button disabled={isMeasuring} onClick={measure} data-testid="measure-white">
        {t(isMeasuring ? 'check.measuring' : 'check.white.measure')}
      </Button>
      {result?.kind === 'refused' && (
        <p className={styles['alert']} role="alert" data-testid="white-refused" data-reason={result.reason}>
          {t(`check.white.${result.reason}`)}
        </p>
      )}
      {result?.kind === 'measured' && <p data-testid="white-measured">{t('check.white.done')}</p>}
    </div>
  );
}
