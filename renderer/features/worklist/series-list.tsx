import { useTranslation } from 'react-i18next';
import type { SeriesSummary } from '#shared/contract/study.ts';
import { formatCount } from '#renderer/i18n/format.ts';
import styles from './details-panel.module.css';
import { Thumbnail } from './thumbnail.tsx';

const PICTURE_PX = 48;
/** Rows drawn while the answer is on its way, so that nothing below jumps far. */
const MOST_PLACEHOLDERS = 8;

export interface SeriesListProps {
  readonly series: readonly SeriesSummary[] | undefined;
  readonly expected: number;
}

export function SeriesList({ series, expected }: SeriesListProps) {
  const { t } = useTranslation('worklist');
  return (
    <section>
      <h3 className={styles['heading']}>{t('details.series', { count: series?.length ?? expected })}</h3>
      <ul>
        {series?.map((one) => (
          <li key={one.seriesUid} className={styles['series']}>
            <Thumbnail frame={one.representative} sizePx={PICTURE_PX} />
            <div className={styles['seriesText']}>
              <p className={styles['seriesName']}>{one.description || t('details.noDescription')}</p>
              <p className={styles['quiet']}>
                {[one.seriesNumber === null ? '' : `Se ${one.seriesNumber}`, one.modality, one.bodyPart]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </p>
            </div>
            <span className={styles['count']}>{imagesOf(one, t)}</span>
          </li>
        ))}
        {!series &&
          Array.from({ length: Math.min(expected, MOST_PLACEHOLDERS) }, (_, index) => (
            <li key={index} className={styles['series']}>
              <Thumbnail frame={null} sizePx={PICTURE_PX} />
            </li>
          ))}
      </ul>
    </section>
  );
}

type Translate = ReturnType<typeof useTranslation<'worklist'>>['t'];

function imagesOf({ frameCount, instanceCount }: SeriesSummary, t: Translate): string {
  const count = frameCount === 0 ? instanceCount : frameCount;
  const shown = formatCount(count);
  return frameCount === 0 ? t('details.objects', { count, shown }) : t('details.images', { count, shown });
}
