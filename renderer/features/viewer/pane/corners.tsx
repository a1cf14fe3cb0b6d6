import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { StudySummary } from '#shared/contract/study.ts';
import type { ViewState } from '#renderer/imaging/index.ts';
import { formatDicomDate } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { shownName } from '#renderer/i18n/patient.ts';
import type { CineState } from '../session/cine.ts';
import type { PaneContent } from '../session/layout.ts';
import type { LibraryStudy } from '../session/series-library.ts';
import { cornerTexts } from './corner-texts.ts';
import type { CornerLine } from './corner-texts.ts';
import styles from './corners.module.css';

export interface CornersProps {
  readonly state: ViewState;
  readonly content: PaneContent;
  readonly study: LibraryStudy;
  readonly areTextsShown: boolean;
  readonly cine: CineState | undefined;
}

/** Who, when and which is always there; the rest can be switched off and gives way in small panes. */
export function Corners({ state, content, study, areTextsShown, cine }: CornersProps) {
  const { t } = useTranslation('viewer');
  const texts = cornerTexts(state, content.slab, t);
  const shown = (lines: readonly CornerLine[]) =>
    areTextsShown ? lines : lines.filter(({ priority, isWarning }) => priority === 1 || isWarning);
  const { letters } = state;
  return (
    <div className={styles['corners']}>
      <div className={styles['topLeft']} data-corner="top-left">
        <StudyMark study={study} />
        <PatientLine summary={study.summary} />
        <Lines lines={shown(texts.topLeft)} />
      </div>
      <div className={styles['topRight']} data-corner="top-right">
        <Lines lines={shown(texts.topRight)} />
      </div>
      <div className={styles['bottomLeft']} data-corner="bottom-left">
        <Lines lines={shown(texts.bottomLeft)} />
      </div>
      <div className={styles['bottomRight']} data-corner="bottom-right">
        {cine && <CineSpeed cine={cine} />}
        <Lines lines={shown(texts.bottomRight)} />
      </div>
      {letters && (
        <>
          <span className={styles['letterTop']}>{letters.top}</span>
          <span className={styles['letterLeft']}>{letters.left}</span>
          <span className={styles['letterRight']}>{letters.right}</span>
          <span className={styles['letterBottom']}>{letters.bottom}</span>
        </>
      )}
      {state.cssPixelsPerMm !== undefined && <Ruler cssPixelsPerMm={state.cssPixelsPerMm} />}
    </div>
  );
}

/** 今回 is filled, 前回 is framed: told apart without colour. */
function StudyMark({ study }: { study: LibraryStudy }) {
  const { t } = useTranslation('viewer');
  const language = useLanguage();
  return (
    <div className={styles['mark']} data-role={study.role}>
      <b>{t(`role.${study.role}`)}</b>
      <span>{formatDicomDate(study.summary.studyDate, language)}</span>
    </div>
  );
}

function PatientLine({ summary }: { summary: StudySummary }) {
  const language = useLanguage();
  const { patient } = summary;
  return (
    <div className={styles['line']} data-priority={1}>
      {shownName(patient.name, language).main} {patient.id}
    </div>
  );
}

function Lines({ lines }: { lines: readonly CornerLine[] }) {
  return lines.map(({ text, priority, isWarning }) => (
    <div key={text} className={styles['line']} data-priority={priority} data-warning={isWarning || undefined}>
      {isWarning && <TriangleAlert size={12} aria-hidden />}
      {text}
    </div>
  ));
}

/** Says so when the film runs slower than it should. */
function CineSpeed({ cine: { wantedFps, realFps } }: { cine: CineState }) {
  const { t } = useTranslation('viewer');
  const wanted = Number(wantedFps.toFixed(1));
  const isSlow = realFps !== undefined && realFps < wantedFps * 0.9;
  const text =
    realFps === undefined ? t('corner.fpsStarting', { wanted }) : t('corner.fps', { real: realFps, wanted });
  return <Lines lines={[{ text, priority: 1, isWarning: isSlow }]} />;
}

const RULER_STEPS_MM = [1, 2, 5, 10, 20, 50, 100, 200];
const RULER_LENGTH = { least: 40, most: 140 };

/** A scale bar of a round number of millimetres. */
function Ruler({ cssPixelsPerMm }: { cssPixelsPerMm: number }) {
  const lengthMm = RULER_STEPS_MM.findLast((step) => step * cssPixelsPerMm <= RULER_LENGTH.most);
  if (lengthMm === undefined || lengthMm * cssPixelsPerMm < RULER_LENGTH.least / 4) return null;
  const text = lengthMm >= 10 ? `${lengthMm / 10} cm` : `${lengthMm} mm`;
  return (
    <div className={styles['ruler']} style={{ width: lengthMm * cssPixelsPerMm }} data-ruler-mm={lengthMm}>
      <span>{text}</span>
    </div>
  );
}
