import { Bookmark, FileText, LoaderCircle, Ruler, TriangleAlert } from 'lucide-react';
import { useMemo, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepresentativeFrame } from '#shared/contract/study.ts';
import { formatDicomDate } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import type { ImageStack } from '#renderer/imaging/index.ts';
import { Button } from '#renderer/ui/button.tsx';
import { objectKindText } from '../object-kind.ts';
import type { PaneContent } from '../session/layout.ts';
import type { LibrarySeries, LibraryStudy } from '../session/series-library.ts';
import { useLibrary, useModel, useObserved, useSession } from '../use-session.ts';
import { distinctionText } from './distinction-text.ts';
import { dragSeries } from './dragged-series.ts';
import styles from './series-strip.module.css';

/** Every series of the opened study and of the studies beside it, to be dragged or clicked into a pane. */
export function SeriesStrip() {
  const { t } = useTranslation('viewer');
  const studies = useLibrary();
  return (
    <nav className={styles['strip']} aria-label={t('strip.label')}>
      {studies.map((study) => (
        <StudySection key={study.summary.studyKey} study={study} />
      ))}
    </nav>
  );
}

function StudySection({ study }: { study: LibraryStudy }) {
  const { t } = useTranslation('viewer');
  const language = useLanguage();
  const session = useSession();
  const { summary, role, series } = study;
  return (
    <section className={styles['study']}>
      <h3 className={styles['heading']} data-role={role}>
        <b>{t(`role.${role}`)}</b> {formatDicomDate(summary.studyDate, language)}
        <span>{summary.description}</span>
      </h3>
      {series ? (
        <ul>
          {series.map((each) => (
            <SeriesItems key={each.summary.seriesUid} series={each} />
          ))}
        </ul>
      ) : (
        <Button kind="quiet" onClick={() => void session.openPrior(summary.studyKey)}>
          {t('strip.showPrior')}
        </Button>
      )}
    </section>
  );
}

/** One item per stack once the header is read: what must not be mixed is offered apart. */
function SeriesItems({ series }: { series: LibrarySeries }) {
  const stacks = series.model?.stacks ?? [];
  if (stacks.length === 0) return <UnreadItem series={series} />;
  return stacks.map((stack) => <StackItem key={stack.id} series={series} stack={stack} />);
}

function UnreadItem({ series }: { series: LibrarySeries }) {
  const { t } = useTranslation('viewer');
  const { summary, status, studyKey } = series;
  const isWithoutImages = summary.frameCount === 0 || status === 'ready';
  const detail = isWithoutImages
    ? objectKindText(summary.modality, t)
    : t('strip.images', { count: summary.frameCount });
  return (
    <Item
      content={{ studyKey, seriesUid: summary.seriesUid, stackId: undefined }}
      number={summary.seriesNumber ?? undefined}
      title={summary.description}
      detail={status === 'failed' ? t('strip.failed') : detail}
      frame={summary.representative ?? undefined}
      sign={
        status === 'failed'
          ? 'failed'
          : status === 'reading'
            ? 'reading'
            : isWithoutImages
              ? 'object'
              : undefined
      }
    />
  );
}

function StackItem({ series, stack }: { series: LibrarySeries; stack: ImageStack }) {
  const { t } = useTranslation('viewer');
  useLanguage();
  const { loaded, total, seen, failed } = useObserved(stack.progress);
  const { summary, studyKey } = series;
  const middle = stack.images[Math.floor(stack.images.length / 2)]?.description;
  const frame = useMemo(
    () =>
      middle && {
        studyUid: stack.studyUid,
        seriesUid: stack.seriesUid,
        sopUid: middle.sopUid,
        frameNumber: middle.frameNumber,
      },
    [middle, stack],
  );
  const distinctions = stack.distinctions.map(distinctionText).join(' · ');
  return (
    <Item
      content={{ studyKey, seriesUid: summary.seriesUid, stackId: stack.id }}
      number={summary.seriesNumber ?? undefined}
      title={[summary.description, distinctions].filter(Boolean).join(' · ')}
      detail={t('strip.images', { count: total })}
      frame={frame}
      progress={{ loaded: loaded / total, seen: seen / total }}
      progressText={t('strip.progress', { loaded, total, seen })}
      sign={failed > 0 ? 'failed' : undefined}
      stack={stack}
    />
  );
}

interface ItemProps {
  readonly content: Pick<PaneContent, 'studyKey' | 'seriesUid' | 'stackId'>;
  readonly number: number | undefined;
  readonly title: string;
  readonly detail: string;
  readonly frame: RepresentativeFrame | undefined;
  readonly progress?: { readonly loaded: number; readonly seen: number };
  readonly progressText?: string;
  readonly sign: 'failed' | 'reading' | 'object' | undefined;
  readonly stack?: ImageStack;
}

function Item(props: ItemProps) {
  const { content, number, title, detail, frame, progress, progressText, sign, stack } = props;
  const session = useSession();
  const { seriesUid, stackId, studyKey } = content;
  const isShown = useModel(({ layout }) =>
    layout.panes.some(
      (pane) => pane?.seriesUid === seriesUid && (stackId === undefined || pane.stackId === stackId),
    ),
  );
  const isActive = useModel(({ layout }) => {
    const active = layout.panes[layout.activePane];
    return active?.seriesUid === seriesUid && (stackId === undefined || active.stackId === stackId);
  });
  return (
    <li>
      <button
        type="button"
        className={styles['item']}
        data-series={seriesUid}
        data-shown={isShown || undefined}
        data-reading={sign === 'reading' || undefined}
        aria-current={isActive || undefined}
        draggable
        title={[title, progressText].filter(Boolean).join('\n')}
        onDragStart={(event) => dragSeries(event.dataTransfer, content)}
        onClick={() => session.put(session.layout.activePane, { ...content, plane: 'stored', slab: null })}
      >
        <span className={styles['picture']}>
          {frame ? (
            <img src={thumbnailUrl(frame)} alt="" loading="lazy" draggable={false} />
          ) : (
            <FileText size={24} aria-hidden />
          )}
          {sign === 'reading' && <LoaderCircle size={14} aria-hidden className={styles['sign']} />}
          {sign === 'failed' && <TriangleAlert size={14} aria-hidden className={styles['failed']} />}
          <Marks studyKey={studyKey} seriesUid={seriesUid} stack={stack} />
        </span>
        <span className={styles['text']}>
          <span className={styles['title']}>
            {number !== undefined && <b>{number}</b>} {title}
          </span>
          <span className={styles['detail']}>{detail}</span>
        </span>
        {progress && (
          <span className={styles['progress']} aria-hidden>
            <i style={{ width: `${progress.loaded * 100}%` }} />
            <i style={{ width: `${progress.seen * 100}%` }} />
          </span>
        )}
      </button>
    </li>
  );
}

/** How many key images and annotations a series has. */
function Marks({
  studyKey,
  seriesUid,
  stack,
}: Pick<PaneContent, 'studyKey' | 'seriesUid'> & { stack: ImageStack | undefined }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const annotationStore = session.annotations(studyKey);
  const keyImageStore = session.keyImages(studyKey);
  const { annotations } = useSyncExternalStore(annotationStore.subscribe, annotationStore.snapshot);
  const keyImages = useSyncExternalStore(keyImageStore.subscribe, keyImageStore.snapshot);
  const names = useMemo(
    () => stack && new Set(stack.images.map(({ description }) => description.sopUid)),
    [stack],
  );
  const isHere = ({ target }: { target: { seriesUid: string; sopUid: string } }) =>
    target.seriesUid === seriesUid && (!names || (names as ReadonlySet<string>).has(target.sopUid));
  const keyCount = keyImages.filter(isHere).length;
  const annotationCount = annotations.filter(isHere).length;
  if (keyCount + annotationCount === 0) return null;
  return (
    <span className={styles['marks']}>
      {keyCount > 0 && (
        <span title={t('strip.keyImages', { count: keyCount })}>
          <Bookmark size={11} aria-hidden />
          {keyCount}
        </span>
      )}
      {annotationCount > 0 && (
        <span title={t('strip.annotations', { count: annotationCount })}>
          <Ruler size={11} aria-hidden />
          {annotationCount}
        </span>
      )}
    </span>
  );
}

function thumbnailUrl({ studyUid, seriesUid, sopUid, frameNumber }: RepresentativeFrame): string {
  return `/dicomweb/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}/frames/${frameNumber}/thumbnail`;
}
