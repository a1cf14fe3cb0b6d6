import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { Slider } from '#renderer/ui/slider.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { useModel } from '../use-session.ts';
import type { BenchPicture } from './use-bench-picture.ts';
import styles from './bench.module.css';

export interface BenchToolsProps {
  readonly session: MicroscopeSession;
  readonly picture: BenchPicture;
  readonly contacts: ReactNode;
}

/** What only the bench does: lamp, camera, controller, overview, calibration, checks, calls. */
export function BenchTools({ session, contacts }: BenchToolsProps) {
  const { t } = useTranslation('microscope');
  const { driver, isConnected } = useModel(({ state, telemetry }) => ({
    driver: state?.configuration?.controller.driver,
    isConnected: telemetry?.isControllerConnected ?? false,
  }));
  return (
    <div className={styles['tools']}>
      <dl className={styles['facts']}>
        <dt>{t('bench.controller')}</dt>
        <dd data-testid="controller">
          {driver && t(`bench.driver.${driver}`)}{' '}
          <span data-good={isConnected}>{t(isConnected ? 'bench.connected' : 'bench.disconnected')}</span>
        </dd>
      </dl>
      <Lamp session={session} />
      <h4>{t('bench.contacts')}</h4>
      {contacts}
      <Button kind="quiet" onClick={() => void session.backend.microscope.configure({ configuration: null })}>
        {t('bench.changeDevice')}
      </Button>
    </div>
  );
}

function Lamp({ session }: { session: MicroscopeSession }) {
  const { t } = useTranslation('microscope');
  const percent = useModel(({ telemetry }) => telemetry?.lampPercent ?? null);
  if (percent === null) return null;
  return (
    <Slider
      label={t('bench.lamp')}
      isLabelShown
      minimum={0}
      maximum={100}
      step={1}
      value={percent}
      shownValue={`${Math.round(percent)} %`}
      onChange={(value) => void session.setLamp(value)}
    />
  );
}
