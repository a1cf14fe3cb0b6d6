import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveLink } from '#renderer/link/live-link.ts';
import type { LinkState } from '#shared/contract/link.ts';
import { Face } from '../console/face.tsx';
import { useMicroscopeSession } from '../console/use-microscope-session.ts';
import { BenchTools } from './bench-tools.tsx';
import { useBenchPicture } from './use-bench-picture.ts';
import { useMicroscopeState } from '../use-workstation-state.ts';
import styles from './bench.module.css';

export interface BenchFaceProps {
  readonly live: LiveLink;
  readonly link: LinkState | undefined;
  readonly contacts: ReactNode;
}

/** The hospital's side: the picture is made here, and whoever sits here has the last word. */
export function BenchFace({ live, link, contacts }: BenchFaceProps) {
  const session = useMicroscopeSession('bench', link);
  const picture = useBenchPicture(live, session);
  return (
    <Face
      session={session}
      live={live}
      link={link}
      feed={picture.feed}
      tools={<BenchTools session={session} picture={picture} contacts={contacts} />}
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
