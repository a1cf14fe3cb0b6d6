import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Select } from '#renderer/ui/select.tsx';
import type { BenchPicture } from './use-bench-picture.ts';
import styles from './bench.module.css';

/** Which camera sits on the microscope, and what is wrong with it. */
export function CameraChoice({ picture, canSimulate }: { picture: BenchPicture; canSimulate: boolean }) {
  const { t } = useTranslation('microscope');
  const devices = useVideoDevices();
  return (
    <>
      <Select
        label={t('bench.camera')}
        isLabelShown
        options={[
          ...(canSimulate ? [{ value: 'simulated', label: t('bench.simulatedCamera') }] : []),
          { value: '', label: t('talk.systemDevice') },
          ...devices.map(({ deviceId, label }) => ({ value: deviceId, label })),
        ]}
        value={picture.choice}
        onChange={picture.choose}
      />
      {picture.problem && (
        <p className={styles['alert']} role="alert">
          {t(`bench.cameraProblem.${picture.problem}`)}
        </p>
      )}
    </>
  );
}

function useVideoDevices(): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const look = async () => {
      const all = await navigator.mediaDevices.enumerateDevices();
      // Without permission there are cameras without names: only the preferred one can be asked for.
      setDevices(all.filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== ''));
    };
    const refresh = () => void look().catch(() => setDevices([]));
    refresh();
    navigator.mediaDevices.addEventListener('devicechange', refresh);
    return () => navigator.mediaDevices.removeEventListener('devicechange', refresh);
  }, []);
  return devices;
}
