import { useTranslation } from 'react-i18next';
import type { QualityFigures } from '../session/session-model.ts';
import { useModel } from '../use-session.ts';
import styles from './panels.module.css';

/** How good the link is, measured; always in sight. */
export function LinkPanel() {
  const { t } = useTranslation('microscope');
  const { quality, peerQuality, roundTripMs } = useModel((model) => ({
    quality: model.quality,
    peerQuality: model.peerQuality,
    roundTripMs: model.roundTripMs,
  }));
  // At the bench the picture's delay is known by the one who looks at it.
  const figures =
    quality && peerQuality
      ? { ...quality, glassToGlassMs: quality.glassToGlassMs ?? peerQuality.glassToGlassMs }
      : (quality ?? peerQuality);
  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>
        {t('panel.link')}
        {!quality && peerQuality && <small>{t('quality.peer')}</small>}
      </h3>
      <Figures figures={figures} roundTripMs={roundTripMs} />
    </section>
  );
}

function Figures({ figures, roundTripMs }: { figures: QualityFigures | null; roundTripMs: number | null }) {
  const { t } = useTranslation('microscope');
  const none = t('quality.unknown');
  const number = (value: number | null | undefined, unit: string, digits = 0) =>
    value === null || value === undefined ? none : `${value.toFixed(digits)} ${unit}`;
  const roundTrip = figures?.roundTripMs ?? roundTripMs;
  const rows: readonly (readonly [string, string, string])[] = [
    ['glass', t('quality.glass'), number(figures?.glassToGlassMs, 'ms')],
    ['round-trip', t('quality.roundTrip'), number(roundTrip, 'ms')],
    ['loss', t('quality.loss'), number(figures?.lossPercent, '%', 1)],
    ['rate', t('quality.rate'), number(figures?.framesPerSecond, 'fps')],
    [
      'size',
      t('quality.size'),
      figures?.widthPixels ? `${figures.widthPixels}×${figures.heightPixels}` : none,
    ],
    [
      'bits',
      t('quality.bits'),
      number(figures?.kilobitsPerSecond == null ? null : figures.kilobitsPerSecond / 1000, 'Mbit/s', 1),
    ],
    [
      'path',
      t('quality.path'),
      figures?.isRelayed == null ? none : t(figures.isRelayed ? 'quality.relayed' : 'quality.direct'),
    ],
    ['codec', t('quality.codec'), figures?.codec ?? none],
  ];
  return (
    <dl className={styles['figures']} data-testid="link-quality">
      {rows.map(([id, name, value]) => (
        <div key={id} data-figure={id}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
