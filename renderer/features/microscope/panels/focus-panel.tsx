import { useTranslation } from 'react-i18next';
import { useModel } from '../use-session.ts';
import styles from './panels.module.css';

const WIDTH = 256;
const HEIGHT = 40;

/** Sharpness over the last moments: the hand at the focus sees whether it gets better. */
export function FocusPanel() {
  const { t } = useTranslation('microscope');
  const scores = useModel((model) => model.focusScores);
  const best = Math.max(...scores, 1e-9);
  const latest = scores.at(-1);
  const points = scores
    .map((score, index) => {
      const x = (index / Math.max(1, scores.length - 1)) * WIDTH;
      return `${x.toFixed(1)},${(HEIGHT - 2 - (score / best) * (HEIGHT - 4)).toFixed(1)}`;
    })
    .join(' ');
  return (
    <section className={styles['section']}>
      <h3 className={styles['heading']}>
        {t('panel.focus')}
        {latest !== undefined && (
          <small>
            {latest === 0 ? t('focus.blank') : `${t('focus.score')} ${((100 * latest) / best).toFixed(0)} %`}
          </small>
        )}
      </h3>
      {scores.length < 2 ? (
        <p className={styles['empty']}>{t('focus.none')}</p>
      ) : (
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={styles['graph']} aria-hidden>
          <polyline points={points} fill="none" stroke="currentColor" strokeWidth="1.5" />
        </svg>
      )}
    </section>
  );
}
