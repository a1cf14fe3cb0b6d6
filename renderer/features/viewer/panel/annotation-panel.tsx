import { Bookmark, Pencil, Trash2 } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnnotationContent, ImageTarget, KeyImage } from '#shared/contract/viewing.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { indexOfTarget } from '#renderer/imaging/tools/annotation-target.ts';
import { IconButton } from '#renderer/ui/icon-button.tsx';
import { valuesText } from '../annotations/annotation-text.ts';
import { windowText } from '../window-presets.ts';
import { useLibrary, useModel, useSession } from '../use-session.ts';
import styles from './annotation-panel.module.css';

/** What was measured and marked in the studies on the screen, each a way back to its image. */
export function AnnotationPanel() {
  const { t } = useTranslation('viewer');
  const studies = useLibrary().filter(({ series }) => series !== undefined);
  return (
    <aside className={styles['panel']} aria-label={t('panel.label')}>
      {studies.map(({ summary }) => (
        <StudyMarks key={summary.studyKey} studyKey={summary.studyKey} />
      ))}
    </aside>
  );
}

function StudyMarks({ studyKey }: { studyKey: StudyKey }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  useLanguage();
  const annotationStore = session.annotations(studyKey);
  const keyImageStore = session.keyImages(studyKey);
  const { annotations } = useSyncExternalStore(annotationStore.subscribe, annotationStore.snapshot);
  const keyImages = useSyncExternalStore(keyImageStore.subscribe, keyImageStore.snapshot);
  if (studyKey !== session.studyKey && annotations.length + keyImages.length === 0) return null;
  return (
    <>
      <h3>{t('panel.keyImages')}</h3>
      {keyImages.length === 0 && <p className={styles['empty']}>{t('panel.noKeyImages')}</p>}
      <ul className={styles['keyImages']}>
        {keyImages.map((keyImage) => (
          <KeyImageItem key={keyImage.keyImageUid} studyKey={studyKey} keyImage={keyImage} />
        ))}
      </ul>
      <h3>{t('panel.annotations')}</h3>
      {annotations.length === 0 && <p className={styles['empty']}>{t('panel.noAnnotations')}</p>}
      <ul>
        {annotations.map((annotation) => (
          <AnnotationItem key={annotation.annotationUid} studyKey={studyKey} annotation={annotation} />
        ))}
      </ul>
    </>
  );
}

function KeyImageItem({ studyKey, keyImage }: { studyKey: StudyKey; keyImage: KeyImage }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const { target, window } = keyImage;
  const frame = target.kind === 'frame' ? target : undefined;
  const studyUid = session.library.study(studyKey)?.summary.studyUid;
  return (
    <li>
      <button
        type="button"
        className={styles['keyImage']}
        onClick={() => void session.jumpTo(studyKey, target, window)}
      >
        {frame && studyUid ? (
          <img
            alt=""
            draggable={false}
            src={`/dicomweb/studies/${studyUid}/series/${frame.seriesUid}/instances/${frame.sopUid}/frames/${frame.frameNumber}/thumbnail`}
          />
        ) : (
          <Bookmark size={20} aria-hidden />
        )}
        <span>
          <PlaceText studyKey={studyKey} target={target} />
          {window && <small>{windowText(window)}</small>}
        </span>
      </button>
      <IconButton
        icon={Trash2}
        label={t('panel.delete')}
        tooltipSide="left"
        onClick={() => void session.toggleKeyImage(studyKey, target, window)}
      />
    </li>
  );
}

function AnnotationItem({ studyKey, annotation }: { studyKey: StudyKey; annotation: AnnotationContent }) {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const { annotationUid, tool, label, values, target } = annotation;
  const isSelected = useModel(({ selected }) => selected?.annotationUid === annotationUid);
  const command = `tool${tool[0]?.toUpperCase()}${tool.slice(1)}` as 'toolLength';
  return (
    <li
      className={styles['annotation']}
      data-annotation={annotationUid}
      aria-current={isSelected || undefined}
    >
      <button type="button" onClick={() => void session.showAnnotation(studyKey, annotationUid)}>
        <span className={styles['kind']}>{t(`commands.${command}`)}</span>
        <span className={styles['value']}>{[label, valuesText(values)].filter(Boolean).join('  ')}</span>
        <small>
          <PlaceText studyKey={studyKey} target={target} />
        </small>
      </button>
      <IconButton
        icon={Pencil}
        label={t('panel.edit')}
        tooltipSide="left"
        onClick={() => void session.showAnnotation(studyKey, annotationUid, true)}
      />
      <IconButton
        icon={Trash2}
        label={t('panel.delete')}
        tooltipSide="left"
        onClick={() => session.annotations(studyKey).remove(annotationUid)}
      />
    </li>
  );
}

/** 'Se 3 Im 45', or the plane of a reformat. */
function PlaceText({ studyKey, target }: { studyKey: StudyKey; target: ImageTarget }) {
  const { t } = useTranslation('viewer');
  const library = useLibrary();
  const series = library
    .find(({ summary }) => summary.studyKey === studyKey)
    ?.series?.find(({ summary }) => summary.seriesUid === target.seriesUid);
  const number = series?.summary.seriesNumber ?? '–';
  if (target.kind === 'plane') return <>{[t('corner.series', { number }), 'MPR'].join(' ')}</>;
  const geometry = { pointsMm: null, pointsPixel: [[0, 0] as [number, number]], textPixel: null };
  const index = series?.model?.stacks
    .map((stack) => indexOfTarget(target, geometry, stack))
    .find((each) => each >= 0);
  return <>{t('panel.imageOf', { series: number, number: index === undefined ? '–' : index + 1 })}</>;
}
