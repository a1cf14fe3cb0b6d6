import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { LinkState } from '#shared/contract/link.ts';
import { Face } from '../console/face.tsx';
import { useMicroscopeSession } from '../console/use-microscope-session.ts';
import { BenchTools } from './bench-tools.tsx';
import { ScanControl } from './scan-control.tsx';
import { CalibrationControl } from './calibration-control.tsx';
import { CameraChoice } from './camera-choice.tsx';
import { useBenchPicture } from './use-bench-picture.ts';
import { useMicroscopeState } from '../use-workstation-state.ts';
import styles from './bench.module.css';

export interface BenchFaceProps {
  readonly live: LiveLink;
  readonly link: LinkState | undefined;
  readonly contacts: ReactNode;
  /** The controller is: then its picture may be too. */
  readonly isSimulated: boolean;
}

/** The hospital's side: the picture is made here, and whoever sits here has the last word. */
export function BenchFace({ live, link, contacts, isSimulated }: BenchFaceProps) {
  const session = useMicroscopeSession('bench', link);
  const picture = useBenchPicture(live, session, isSimulated);
  return (
    <Face
      session={session}
      live={live}
      link={link}
      feed={picture.camera}
      tools={
        <BenchTools
          session={session}
          desk={picture.desk}
          picture={
            <>
              <CameraChoice picture={picture} canSimulate={isSimulated} />
              <ScanControl session={session} feed={picture.camera} />
              <CalibrationControl session={session} feed={picture.camera} />
            </>
          }
          contacts={contacts}
        />
      }
      notice={<HostEnded />}
    />
  );
}

function HostEnded() {
  const { t } = useTranslation('microscope');
  const state = useMicroscopeState();
  if (state?.deviceHost !== 'ended') return null;
  return (
    <p className={styles['alert']} role="alert">
      {t('bench.hostEnded')}
    </p>
  );
}
