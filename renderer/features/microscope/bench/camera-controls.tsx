import { useTranslation } from 'react-i18next';
import type { CameraSettings } from '#shared/domain/camera-settings.ts';
import { Select } from '#renderer/ui/select.tsx';
import { Slider } from '#renderer/ui/slider.tsx';
import type { Reach } from './picture/camera-controls.ts';
import styles from './bench.module.css';
import type { BenchPicture } from './use-bench-picture.ts';

/** Size, exposure and white balance: what this camera lets itself be told, and a sentence where it does not. */
export function CameraControls({ picture }: { picture: BenchPicture }) {
  return (
    <div className={styles['controls']} data-testid="camera-controls">
      <LiveSize picture={picture} />
      <Exposure picture={picture} />
      <WhiteBalance picture={picture} />
    </div>
  );
}

function LiveSize({ picture: { desk, abilities, settings } }: { picture: BenchPicture }) {
  const { t } = useTranslation('microscope');
  const { liveSizes } = abilities;
  if (liveSizes.length < 2) return null;
  const { liveSize } = settings;
  return (
    <Select
      label={t('bench.resolution')}
      isLabelShown
      options={[
        { value: '', label: t('bench.wholeSensor') },
        ...liveSizes.map(({ width, height }) => ({
          value: `${width} ${height}`,
          label: `${width} × ${height}`,
        })),
      ]}
      value={liveSize ? `${liveSize.width} ${liveSize.height}` : ''}
      onChange={(value) => {
        const size = liveSizes.find(({ width, height }) => `${width} ${height}` === value);
        desk.change({ liveSize: size ?? null });
      }}
    />
  );
}

const AS_IT_IS = '';

function Exposure({ picture: { desk, abilities, settings } }: { picture: BenchPicture }) {
  const { t } = useTranslation('microscope');
  const { hasAuto, hasManual, timeMs, compensation } = abilities.exposure;
  const { exposure } = settings;
  if (!hasAuto && !hasManual) return <p className={styles['last']}>{t('bench.noExposure')}</p>;
  return (
    <>
      <Select
        label={t('bench.exposure')}
        isLabelShown
        options={[
          { value: AS_IT_IS, label: t('bench.asItIs') },
          ...(hasAuto ? [{ value: 'auto', label: t('bench.automatic') }] : []),
          ...(hasManual ? [{ value: 'manual', label: t('bench.manual') }] : []),
        ]}
        value={exposure?.mode ?? AS_IT_IS}
        onChange={(mode) => desk.change({ exposure: exposureOf(mode) })}
      />
      {exposure?.mode === 'manual' && timeMs && (
        <ReachSlider
          label={t('bench.exposureTime')}
          reach={timeMs}
          value={exposure.timeMs}
          unit="ms"
          onChange={(value) => desk.change({ exposure: { mode: 'manual', timeMs: value } })}
        />
      )}
      {exposure?.mode === 'auto' && compensation && (
        <ReachSlider
          label={t('bench.compensation')}
          reach={compensation}
          value={exposure.compensation}
          unit=""
          onChange={(value) => desk.change({ exposure: { mode: 'auto', compensation: value } })}
        />
      )}
    </>
  );
}

function exposureOf(mode: string): CameraSettings['exposure'] {
  if (mode === 'auto') return { mode, compensation: null };
  return mode === 'manual' ? { mode, timeMs: null } : null;
}

function WhiteBalance({ picture: { desk, abilities, settings, measuredWhite } }: { picture: BenchPicture }) {
  const { t } = useTranslation('microscope');
  const { hasAuto, hasManual, kelvin } = abilities.whiteBalance;
  const { whiteBalance } = settings;
  if (!hasAuto && !hasManual && !measuredWhite) {
    return <p className={styles['last']}>{t('bench.noWhiteBalance')}</p>;
  }
  return (
    <>
      <Select
        label={t('bench.whiteBalance')}
        isLabelShown
        options={[
          { value: AS_IT_IS, label: t('bench.asItIs') },
          ...(hasAuto ? [{ value: 'auto', label: t('bench.automatic') }] : []),
          ...(hasManual ? [{ value: 'manual', label: t('bench.manual') }] : []),
          ...(measuredWhite ? [{ value: 'measured', label: t('bench.measuredWhite') }] : []),
        ]}
        value={whiteBalance?.mode ?? AS_IT_IS}
        onChange={(mode) => desk.change({ whiteBalance: whiteBalanceOf(mode) })}
      />
      {whiteBalance?.mode === 'measured' && measuredWhite && (
        <p className={styles['last']} data-testid="white-in-use">
          {t('bench.whiteInUse', {
            who: measuredWhite.measuredBy,
            when: new Date(measuredWhite.measuredAtMs).toLocaleString('sv-SE').slice(0, 16),
          })}
        </p>
      )}
      {whiteBalance?.mode === 'manual' && kelvin && (
        <ReachSlider
          label={t('bench.kelvin')}
          reach={kelvin}
          value={whiteBalance.kelvin}
          unit="K"
          onChange={(value) => desk.change({ whiteBalance: { mode: 'manual', kelvin: value } })}
        />
      )}
    </>
  );
}

function whiteBalanceOf(mode: string): CameraSettings['whiteBalance'] {
  if (mode === 'auto' || mode === 'measured') return { mode };
  return mode === 'manual' ? { mode, kelvin: null } : null;
}

interface ReachSliderProps {
  readonly label: string;
  readonly reach: Reach;
  /** Null: as the camera has it. */
  readonly value: number | null;
  readonly unit: string;
  readonly onChange: (value: number) => void;
}

function ReachSlider({ label, reach, value, unit, onChange }: ReachSliderProps) {
  const { minimum, maximum, step } = reach;
  return (
    <Slider
      label={label}
      isLabelShown
      minimum={minimum}
      maximum={maximum}
      step={step}
      value={value ?? minimum}
      shownValue={value === null ? '—' : `${Number(value.toFixed(2))} ${unit}`.trim()}
      onChange={onChange}
    />
  );
}
