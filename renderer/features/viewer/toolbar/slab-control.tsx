import { Layers } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { slabModes } from '#shared/domain/annotation.ts';
import { Button } from '#renderer/ui/button.tsx';
import { IconButton } from '#renderer/ui/icon-button.tsx';
import { Popover } from '#renderer/ui/popover.tsx';
import { Slider } from '#renderer/ui/slider.tsx';
import { useModel, useSession } from '../use-session.ts';
import { registered } from '../use-viewer-commands.ts';
import { useCommand } from '#renderer/ui/commands/use-commands.ts';
import { DEFAULT_SLAB, SLAB_MOST_MM } from '../session/slab.ts';
import styles from './toolbar.module.css';

/** Several images seen as one, while scrolling any series: kind and thickness. */
export function SlabControl() {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const slab = useModel(({ layout }) => layout.panes[layout.activePane]?.slab ?? null);
  const binding = useCommand(registered('nextSlab'))?.keys?.[0];
  const thicknessMm = slab?.thicknessMm ?? DEFAULT_SLAB.thicknessMm;
  return (
    <Popover
      title={t('slab.label')}
      trigger={
        <IconButton icon={Layers} label={t('slab.label')} binding={binding} isActive={slab !== null} />
      }
    >
      <div className={styles['slab']}>
        <div className={styles['choices']}>
          <Button kind={slab === null ? 'primary' : 'plain'} onClick={() => session.setSlab(null)}>
            {t('slab.off')}
          </Button>
          {slabModes.map((mode) => (
            <Button
              key={mode}
              kind={slab?.mode === mode ? 'primary' : 'plain'}
              onClick={() => session.setSlab({ mode, thicknessMm })}
            >
              {t(`slab.${mode}`)}
            </Button>
          ))}
        </div>
        <Slider
          label={t('slab.thickness')}
          isLabelShown
          minimum={1}
          maximum={SLAB_MOST_MM}
          value={thicknessMm}
          shownValue={`${thicknessMm} mm`}
          onChange={(value) => session.setSlab({ mode: slab?.mode ?? DEFAULT_SLAB.mode, thicknessMm: value })}
        />
      </div>
    </Popover>
  );
}
