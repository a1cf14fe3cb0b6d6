import { Ruler } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraOnStage } from '#renderer/microscopy/camera-on-stage.ts';
import { formatFixed } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { useModel } from '../use-session.ts';
import type { FrameFeed } from '../view/frame-feed.ts';
import styles from './bench.module.css';
import { measureCalibration } from './measure-calibration.ts';

interface CalibrationProps {
  readonly session: MicroscopeSession;
  readonly feed: FrameFeed | undefined;
}

/** Scale, rotation and focus limits of the objective that stands in the light, and who measured them when. */
export function CalibrationControl({ session, feed }: CalibrationProps) {
  const { t } = useTranslation('microscope');
  const [isOpen, setIsOpen] = useState(false);
  const known = useModel(({ state, telemetry }) =>
    state?.calibrations.find(({ objectiveId }) => objectiveId === telemetry?.objectiveId),
  );
  return (
    <>
      <Button icon={Ruler} disabled={!feed} onClick={() => setIsOpen(true)} data-testid="calibrate">
        {t('bench.calibrate')}
      </Button>
      <p className={styles['last']} data-testid="calibrated">
        {known
          ? t('calibration.known', {
              who: known.measuredBy,
              when: new Date(known.measuredAtMs).toLocaleString('sv-SE').slice(0, 16),
              um: known.micrometresPerPixel.toFixed(4),
            })
          : t('calibration.never')}
      </p>
      {isOpen && feed && <CalibrationDialog session={session} feed={feed} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function CalibrationDialog({
  session,
  feed,
  onClose,
}: {
  readonly session: MicroscopeSession;
  readonly feed: FrameFeed;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation('microscope');
  const aborter = useRef(new AbortController());
  const { objective, zUm } = useModel(({ state, telemetry }) => ({
    objective: state?.configuration?.objectives.find(({ id }) => id === telemetry?.objectiveId),
    zUm: telemetry?.positionUm.z ?? 0,
  }));
  const [measured, setMeasured] = useState<CameraOnStage>();
  const [isMeasuring, setIsMeasuring] = useState(false);
  const [hasFailed, setHasFailed] = useState(false);
  const [limits, setLimits] = useState({
    minimum: String(objective?.focusLimitsUm.minimum ?? ''),
    maximum: String(objective?.focusLimitsUm.maximum ?? ''),
  });
  const measure = () => {
    setIsMeasuring(true);
    setHasFailed(false);
    measureCalibration(session, feed, aborter.current.signal)
      .then(setMeasured, () => setHasFailed(true))
      .finally(() => setIsMeasuring(false));
  };
  const [minimum, maximum] = [Number(limits.minimum), Number(limits.maximum)];
  const areLimitsGood = limits.minimum !== '' && limits.maximum !== '' && minimum < maximum;
  const save = () => {
    if (!measured || !objective) return;
    session.backend.microscope
      .saveCalibration({ objectiveId: objective.id, ...measured, focusLimitsUm: { minimum, maximum } })
      .then(onClose)
      .catch((error: unknown) => session.showProblem(error));
  };
  const close = () => {
    aborter.current.abort();
    onClose();
  };
  return (
    <Dialog
      isOpen
      onClose={close}
      title={`${t('calibration.title')} ${objective?.magnification ?? ''}×`}
      description={t('calibration.explain')}
      actions={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button kind="primary" disabled={!measured || !areLimitsGood} onClick={save}>
            {t('calibration.save')}
          </Button>
        </>
      }
    >
      <Button disabled={isMeasuring} onClick={measure} data-testid="measure-calibration">
        {t(isMeasuring ? 'procedure.calibration' : 'calibration.start')}
      </Button>
      {measured && (
        <p data-testid="calibration-result">
          {t('calibration.result', {
            um: measured.micrometresPerPixel.toFixed(4),
            deg: formatFixed(measured.rotationDeg, 1),
            px: measured.residualPixels.toFixed(1),
          })}
          {measured.isMirrored && ` ${t('calibration.mirrored')}`}
        </p>
      )}
      {hasFailed && (
        <p className={styles['alert']} role="alert">
          {t('calibration.failed')}
        </p>
      )}
      <h4>{t('calibration.limits')}</h4>
      {(['minimum', 'maximum'] as const).map((end) => (
        <div key={end} className={styles['limit']}>
          <TextField
            label={t(end === 'minimum' ? 'calibration.lower' : 'calibration.upper')}
            isLabelShown
            value={limits[end]}
            onChange={(value) => setLimits({ ...limits, [end]: value })}
          />
          <Button onClick={() => setLimits({ ...limits, [end]: formatFixed(zUm, 1) })}>
            {t('calibration.setHere')}
          </Button>
        </div>
      ))}
    </Dialog>
  );
}
