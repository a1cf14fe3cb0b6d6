import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import type { OpenedSpecimen } from '#shared/contract/specimen.ts';
import { SpecimenChoice } from '#shared/contract/specimen.ts';
import { useModel } from '../use-session.ts';
import styles from './bench.module.css';
import type { BenchPicture } from './use-bench-picture.ts';

/** What lies under the simulated microscope: a slide from files, or the tissue that is drawn. */
export function SpecimenControl({ picture: { desk, specimen } }: { picture: BenchPicture }) {
  const { t } = useTranslation('microscope');
  // As with a real one: what lies there is exchanged between two labels, so that no map and no still gets another slide.
  const isOnStage = useModel(
    ({ telemetry }) => telemetry?.slide !== null && telemetry?.isSlideChanging !== true,
  );
  if (!specimen) return null;
  return (
    <div className={styles['controls']} data-testid="specimen">
      <p className={styles['last']}>{shown(specimen)}</p>
      {specimen.problem && (
        <p className={styles['alert']} role="alert" data-testid="specimen-problem">
          {t(`specimen.problem.${specimen.problem}`, { path: specimen.chosen?.path })}
        </p>
      )}
      {isOnStage ? (
        <p className={styles['last']}>{t('specimen.changeFirst')}</p>
      ) : (
        // What is typed begins with what is chosen.
        <Fields key={JSON.stringify(specimen.chosen)} chosen={specimen.chosen} desk={desk} />
      )}
    </div>
  );

  function shown({ specimen: opened }: OpenedSpecimen): string {
    const finest = opened?.levels[0];
    if (!opened || !finest) return t('specimen.drawn');
    const mm = (pixels: number) => ((pixels * finest.micrometresPerPixel) / 1000).toFixed(1);
    return t('specimen.file', {
      name: opened.name,
      width: mm(finest.widthPixels),
      height: mm(finest.heightPixels),
      scale: Number(finest.micrometresPerPixel.toFixed(3)),
    });
  }
}

function Fields({ chosen, desk }: { chosen: SpecimenChoice | null; desk: BenchPicture['desk'] }) {
  const { t } = useTranslation('microscope');
  const [path, setPath] = useState(chosen?.path ?? '');
  const [scale, setScale] = useState(String(chosen?.micrometresPerPixel ?? 0.5));
  const typed = SpecimenChoice.safeParse({ path: path.trim(), micrometresPerPixel: Number(scale) });
  const use = () => {
    if (typed.success) void desk.putUnder(typed.data);
  };
  return (
    <>
      <TextField label={t('specimen.path')} isLabelShown value={path} onChange={setPath} onSubmit={use} />
      <TextField
        label={t('specimen.scale')}
        isLabelShown
        inputMode="decimal"
        value={scale}
        onChange={setScale}
        onSubmit={use}
      />
      <Button disabled={!typed.success} onClick={use}>
        {t('specimen.use')}
      </Button>
      {chosen && (
        <Button kind="quiet" onClick={() => void desk.putUnder(null)}>
          {t('specimen.useDrawn')}
        </Button>
      )}
    </>
  );
}
