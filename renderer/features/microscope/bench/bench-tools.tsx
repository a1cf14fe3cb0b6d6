import { ClipboardCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { Slider } from '#renderer/ui/slider.tsx';
import type { MicroscopeSession } from '../session/microscope-session.ts';
import { useModel } from '../use-session.ts';
import styles from './bench.module.css';
import type { CameraDesk } from './picture/camera-desk.ts';
import { DayCheckDialog } from './day-check-dialog.tsx';

export interface BenchToolsProps {
  readonly session: MicroscopeSession;
  readonly desk: CameraDesk;
  /** Camera, overview and calibration. */
  readonly picture: ReactNode;
  readonly contacts: ReactNode;
}

/** What only the bench does: camera, controller, lamp, overview, calibration, checks, calls. */
export function BenchTools({ session, desk, picture, contacts }: BenchToolsProps) {
  const { t } = useTranslation('microscope');
  return (
    <div className={styles['tools']}>
      <Controller />
      <Lamp session={session} />
      {picture}
      <Check session={session} desk={desk} />
      <h4>{t('bench.contacts')}</h4>
      {contacts}
      <Button
        kind="quiet"
        onClick={() => {
          session.backend.microscope
            .configure({ configuration: null })
            .catch((error: unknown) => session.showProblem(error));
        }}
      >
        {t('bench.changeDevice')}
      </Button>
    </div>
  );
}

function Controller() {
  const { t } = useTranslation('microscope');
  const { driver, isConnected } = useModel(({ state, telemetry, isSilent }) => ({
    driver: state?.configuration?.controller.driver,
    isConnected: !isSilent && telemetry?.isControllerConnected === true,
  }));
  return (
    <dl className={styles['facts']}>
      <dt>{t('bench.controller')}</dt>
      <dd data-testid="controller">
        {driver && t(`bench.driver.${driver}`)}{' '}
        <span data-good={isConnected}>{t(isConnected ? 'bench.connected' : 'bench.disconnected')}</span>
      </dd>
    </dl>
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

function Check({ session, desk }: { session: MicroscopeSession; desk: CameraDesk }) {
  const { t } = useTranslation('microscope');
  const [isOpen, setIsOpen] = useState(false);
  const lastCheck = useModel(({ state }) => state?.lastCheck ?? null);
  const failed = lastCheck?.steps.filter(({ outcome }) => outcome === 'failed') ?? [];
  return (
    <>
      <Button icon={ClipboardCheck} onClick={() => setIsOpen(true)} data-testid="day-check">
        {t('bench.dayCheck')}
      </Button>
      <p className={styles['last']} data-testid="last-check">
        {lastCheck
          ? t('bench.lastCheck', {
              when: new Date(lastCheck.doneAtMs).toLocaleString('sv-SE').slice(0, 16),
              who: lastCheck.doneBy,
            })
          : t('bench.noCheck')}
        {failed.map(({ step }) => ` ${t(`check.step.${step}`)}: ${t('check.failed')}`).join('')}
      </p>
      {isOpen && <DayCheckDialog session={session} desk={desk} onClose={() => setIsOpen(false)} />}
    </>
  );
}
