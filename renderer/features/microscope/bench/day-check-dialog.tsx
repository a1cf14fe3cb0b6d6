import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { checkSteps } from '#shared/contract/microscope.ts';
import type { DayCheck } from '#shared/contract/microscope.ts';
import { errorText } from '#renderer/i18n/error-text.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { FocusLimitsCheck } from './focus-limits-check.tsx';
import { measureStop } from './measure-stop.ts';
import type { CameraDesk } from './picture/camera-desk.ts';
import { WhiteBalanceCheck } from './white-balance-check.tsx';
import styles from './bench.module.css';

type Step = DayCheck['steps'][number];
type Outcome = Step['outcome'];

/** What measuring a step came to; a person may still decide otherwise. */
export type MeasuredStep = Partial<Pick<Step, 'detail' | 'outcome'>>;

const outcomes: readonly Outcome[] = ['passed', 'failed', 'skipped'];

interface DayCheckDialogProps {
  readonly session: MicroscopeSession;
  readonly desk: CameraDesk;
  readonly onClose: () => void;
}

/** 始業点検: what has to work before a patient's slide is on the stage, kept with name and date. */
export function DayCheckDialog({ session, desk, onClose }: DayCheckDialogProps) {
  const { t } = useTranslation('microscope');
  const checkId = useRef(crypto.randomUUID());
  const [steps, setSteps] = useState<readonly Step[]>(() =>
    checkSteps.map((step) => ({ step, outcome: 'skipped', detail: '' })),
  );
  const change = (step: Step['step'], changed: Partial<Step>) =>
    setSteps((all) => all.map((each) => (each.step === step ? { ...each, ...changed } : each)));
  const save = () => {
    session.backend.microscope
      .saveCheck({ checkId: checkId.current, steps: [...steps] })
      .then(() => {
        showToast({ kind: 'done', title: t('check.stored') });
        onClose();
      })
      .catch((error: unknown) =>
        showToast({ kind: 'problem', title: t('check.title'), text: errorText(error) }),
      );
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('check.title')}
      description={t('check.explain')}
      width="wide"
      actions={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button kind="primary" onClick={save}>
            {t('check.save')}
          </Button>
        </>
      }
    >
      <ol className={styles['checks']}>
        {steps.map(({ step, outcome, detail }) => (
          <li key={step} className={styles['check']}>
            <strong>{t(`check.step.${step}`)}</strong>
            <p>{t(`check.how.${step}`)}</p>
            {step === 'white-balance' && (
              <WhiteBalanceCheck
                session={session}
                desk={desk}
                onMeasured={(measured) => change(step, measured)}
              />
            )}
            {step === 'focus-limits' && (
              <FocusLimitsCheck session={session} onMeasured={(measured) => change(step, measured)} />
            )}
            <TextField
              label={t('check.detail')}
              placeholder={t('check.detail')}
              maxLength={200}
              value={detail}
              onChange={(text) => change(step, { detail: text })}
            />
            <span className={styles['outcomes']} role="group">
              <Measure session={session} step={step} onMeasured={(measured) => change(step, measured)} />
              {outcomes.map((each) => (
                <Button
                  key={each}
                  aria-pressed={outcome === each}
                  kind={outcome === each ? 'primary' : 'plain'}
                  onClick={() => change(step, { outcome: each })}
                >
                  {t(`check.${each}`)}
                </Button>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </Dialog>
  );
}

/** Where the workstation can measure, it does: a person still decides whether it is good. */
function Measure(props: {
  session: MicroscopeSession;
  step: Step['step'];
  onMeasured: (measured: Pick<Step, 'detail'>) => void;
}) {
  const { session, step, onMeasured } = props;
  const { t } = useTranslation('microscope');
  if (step === 'link') {
    const { quality, peerQuality } = session.model.getState();
    const figures = peerQuality ?? quality;
    if (!figures) return null;
    const detail = `${figures.roundTripMs?.toFixed(0) ?? '—'} ms, ${figures.lossPercent?.toFixed(1) ?? '—'} %`;
    return <Button onClick={() => onMeasured({ detail })}>{t('check.measure')}</Button>;
  }
  if (step !== 'stop') return null;
  return (
    <Button
      onClick={() => {
        void measureStop(session).then((ms) =>
          onMeasured({
            detail: ms === undefined ? t('check.noMotion') : t('check.stopMeasured', { ms: Math.round(ms) }),
          }),
        );
      }}
    >
      {t('check.measure')}
    </Button>
  );
}
