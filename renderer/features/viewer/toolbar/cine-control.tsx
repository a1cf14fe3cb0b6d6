import { Square } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CommandButton } from '#renderer/ui/icon-button.tsx';
import { Slider } from '#renderer/ui/slider.tsx';
import { registered } from '../use-viewer-commands.ts';
import { useModel, useSession } from '../use-session.ts';
import styles from './cine-control.module.css';

/** Play or stop; the speed beside it while a film runs. */
export function CineControl({ icon }: { icon: LucideIcon }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const cine = useModel((model) => model.cine);
  return (
    <>
      <CommandButton command={registered('playOrStop')} icon={cine ? Square : icon} />
      {cine && (
        <div className={styles['speed']}>
          <Slider
            label={t('toolbar.cineSpeed')}
            minimum={1}
            maximum={60}
            value={Math.round(cine.wantedFps)}
            shownValue={`${Math.round(cine.wantedFps)} fps`}
            onChange={(fps) => session.setCineSpeed(fps)}
          />
        </div>
      )}
    </>
  );
}
