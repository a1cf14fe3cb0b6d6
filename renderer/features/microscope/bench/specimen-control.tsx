import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import type { OpenedSpecimen } from '#shared/contract/specimen.ts';
import { SpecimenChoice } from '#shared/contract/specimen.ts';
import { useModel, useSession } from '../use-session.ts';
import styles from './bench.module.css';
import type { MicroscopeFacts } from '../session/microscope-facts.ts';
import type { Size } from '../view/stage-view.ts';
import { partInReach, sizeOfSpecimenUm } from './specimen-reach.ts';
import type { BenchPicture } from './use-bench-picture.ts';

/** What lies under the simulated microscope: a slide from files, or the tissue that is drawn. */
export function SpecimenControl({ picture: { desk, specimen } }: { picture: BenchPicture }) {
  const { t } = useTranslation('microscope');
  const session = useSession();
  // As with a real one: what lies there is exchanged between two labels, so that no map and no still gets another slide.
  const isOnStage = useModel(
    ({ telemetry }) => telemetry?.slide !== null && telemetry?.isSlideChanging !== true,
  );
  const limits = useModel(({ state }) => (state ? session.facts?.stageLimitsUm : undefined));
  if (!specimen) return null;
  return (
    <div className={styles['controls']} data-testid="specimen">
      <p className={styles['last']}>{shown(specimen)}</p>
      <OutOfReach specimen={specimen} limits={limits} />
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
    return t('specimen.file', {
      name: opened.name,
      ...inMillimetres(sizeOfSpecimenUm(finest)),
      scale: Number(finest.micrometresPerPixel.toFixed(3)),
    });
  }
}

/** A slide the stage does not reach all of has tissue nobody will see: that is said, with how much of it. */
function OutOfReach({
  specimen: { specimen },
  limits,
}: {
  specimen: OpenedSpecimen;
  limits: MicroscopeFacts['stageLimitsUm'] | undefined;
}) {
  const { t } = useTranslation('microscope');
  const finest = specimen?.levels[0];
  if (!finest || !limits) return null;
  const slide = sizeOfSpecimenUm(finest);
  const part = partInReach(slide, limits);
  if (!part) return null;
  const [reached, whole] = [inMillimetres(part), inMillimetres(slide)];
  return (
    <p className={styles['alert']} role="alert" data-testid="specimen-out-of-reach">
      {t('specimen.outOfReach', {
        width: reached.width,
        height: reached.height,
        slideWidth: whole.width,
        slideHeight: whole.height,
      })}
    </p>
  );
}

function inMillimetres({ width, height }: Size): { readonly width: string; readonly height: string } {
  return { width: (width / 1000).toFixed(1), height: (height / 1000).toFixed(1) };
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
