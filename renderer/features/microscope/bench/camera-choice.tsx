import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { Select } from '#renderer/ui/select.tsx';
import styles from './bench.module.css';
import { CameraControls } from './camera-controls.tsx';
import { NO_CAMERA, SIMULATED } from './picture/camera-desk.ts';
import { SpecimenControl } from './specimen-control.tsx';
import type { BenchPicture } from './use-bench-picture.ts';

/** Which camera sits on the microscope, how it is set, and what is wrong with it. */
export function CameraChoice({ picture, canSimulate }: { picture: BenchPicture; canSimulate: boolean }) {
  const { t } = useTranslation('microscope');
  const { desk, choice, camera, devices, problem } = picture;
  return (
    <>
      <Select
        label={t('bench.camera')}
        isLabelShown
        options={[
          ...(canSimulate ? [{ value: SIMULATED, label: t('bench.simulatedCamera') }] : []),
          { value: '', label: t('talk.systemDevice') },
          ...devices.map(({ deviceId, label }) => ({ value: deviceId, label })),
          { value: NO_CAMERA, label: t('bench.noCamera') },
        ]}
        value={choice ?? ''}
        onChange={(chosen) => desk.choose(chosen)}
      />
      {problem && (
        <div className={styles['alert']} role="alert" data-testid="camera-problem" data-problem={problem}>
          <p>{t(`bench.cameraProblem.${problem}`)}</p>
          {problem !== 'setting-refused' && (
            <Button onClick={() => desk.retry()} data-testid="camera-retry">
              {t('bench.cameraRetry')}
            </Button>
          )}
        </div>
      )}
      {camera && <CameraControls picture={picture} />}
      {choice === SIMULATED && <SpecimenControl picture={picture} />}
    </>
  );
}
