import { Archive, Pin, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StudySortColumn, StudySummary } from '#shared/contract/study.ts';
import { formatCount, formatDicomDate, formatDicomTime, formatMoment } from '#renderer/i18n/format.ts';
import type { Language } from '#renderer/i18n/index.ts';
import { shownAge, shownName, shownSex } from '#renderer/i18n/patient.ts';
import styles from './columns.module.css';
import { Highlight } from './highlight.tsx';
import { Thumbnail } from './thumbnail.tsx';

export type ColumnId =
  | 'state'
  | 'picture'
  | 'name'
  | 'id'
  | 'sexAge'
  | 'date'
  | 'modality'
  | 'description'
  | 'bodyPart'
  | 'accession'
  | 'facility'
  | 'counts'
  | 'received';

export interface CellContext {
  /** What was searched for, to be marked. */
  readonly text: string;
  readonly language: Language;
  /** Words of the state column. */
  readonly words: Readonly<Record<'unread' | 'pinned' | 'warning' | 'evicted' | 'noName', string>>;
}

interface Column {
  readonly id: ColumnId;
  readonly sort?: StudySortColumn;
  readonly minimumPx: number;
  /** Up to here it grows where there is room; the same as the minimum for what never needs more. */
  readonly maximumPx: number;
  readonly isNumber?: boolean;
  readonly cell: (study: StudySummary, context: CellContext) => ReactNode;
}

const THUMBNAIL_PX = 26;

/** In the order they stand on the screen. */
export const columns: readonly Column[] = [
  { id: 'state', minimumPx: 72, maximumPx: 72, cell: stateCell },
  {
    id: 'picture',
    minimumPx: 34,
    maximumPx: 34,
    cell: (study) => <Thumbnail frame={study.representative} sizePx={THUMBNAIL_PX} />,
  },
  { id: 'name', sort: 'patientName', minimumPx: 200, maximumPx: 420, cell: nameCell },
  {
    id: 'id',
    sort: 'patientId',
    minimumPx: 120,
    maximumPx: 240,
    cell: ({ patient, facility }, { text }) => (
      <>
        <Highlight text={patient.id} query={text} />
        {patient.issuer !== '' && patient.issuer !== facility && (
          <span className={styles['beside']}>{patient.issuer}</span>
        )}
      </>
    ),
  },
  {
    id: 'sexAge',
    sort: 'birthDate',
    minimumPx: 84,
    maximumPx: 84,
    cell: ({ patient, studyDate }, { language }) =>
      [shownSex(patient.sex, language), shownAge(patient.birthDate, studyDate, language)]
        .filter((part) => part !== '')
        .join(' '),
  },
  {
    id: 'date',
    sort: 'studyDate',
    minimumPx: 164,
    maximumPx: 164,
    cell: ({ studyDate, studyTime }, { language }) => (
      <>
        {formatDicomDate(studyDate, language)}
        <span className={styles['beside']}>{formatDicomTime(studyTime)}</span>
      </>
    ),
  },
  {
    id: 'modality',
    sort: 'modalities',
    minimumPx: 76,
    maximumPx: 76,
    cell: (study) => study.modalities.join(' '),
  },
  {
    id: 'description',
    sort: 'description',
    minimumPx: 136,
    maximumPx: 640,
    cell: ({ description }, { text }) => <Highlight text={description} query={text} />,
  },
  { id: 'bodyPart', minimumPx: 84, maximumPx: 140, cell: (study) => study.bodyParts.join(' ') },
  {
    id: 'accession',
    sort: 'accessionNumber',
    minimumPx: 104,
    maximumPx: 180,
    cell: ({ accessionNumber }, { text }) => <Highlight text={accessionNumber} query={text} />,
  },
  { id: 'facility', sort: 'facility', minimumPx: 96, maximumPx: 320, cell: (study) => study.facility },
  {
    id: 'counts',
    sort: 'instanceCount',
    minimumPx: 88,
    maximumPx: 88,
    isNumber: true,
    cell: ({ seriesCount, instanceCount }) => `${formatCount(seriesCount)} / ${formatCount(instanceCount)}`,
  },
  {
    id: 'received',
    sort: 'receivedAt',
    minimumPx: 136,
    maximumPx: 136,
    cell: (study) => formatMoment(study.receivedAtMs),
  },
];

/** What makes room first when the list is narrow; all of it is in the details as well. */
const leavingFirst: readonly ColumnId[] = [
  'received',
  'accession',
  'bodyPart',
  'facility',
  'counts',
  'picture',
];

/** The columns that fit side by side into a width. */
export function columnsFor(widthPx: number): readonly Column[] {
  const leaving = new Set<ColumnId>();
  const widthOf = () =>
    columns.filter(({ id }) => !leaving.has(id)).reduce((sum, { minimumPx }) => sum + minimumPx, 0);
  for (const id of leavingFirst) if (widthOf() > widthPx) leaving.add(id);
  return columns.filter(({ id }) => !leaving.has(id));
}

/**
 * For `grid-template-columns`: what is left of the width goes to the columns that can use it, each as far
 * as it can, and the rest to the margin: on a large screen the eye need not travel.
 */
export function gridTemplate(shown: readonly Column[], widthPx: number): string {
  const room = shown.reduce((sum, { minimumPx, maximumPx }) => sum + maximumPx - minimumPx, 0);
  const left = widthPx - shown.reduce((sum, { minimumPx }) => sum + minimumPx, 0);
  const share = room === 0 ? 0 : Math.max(0, Math.min(1, left / room));
  return shown
    .map(({ minimumPx, maximumPx }) => `${Math.floor(minimumPx + (maximumPx - minimumPx) * share)}px`)
    .join(' ');
}

function stateCell(study: StudySummary, { words }: CellContext): ReactNode {
  const hasWarning = study.conflictCount > 0 || study.patient.hasDifferentDemographics;
  return (
    <span className={styles['state']}>
      <span className={styles['unread']}>{study.openedAtMs === null && words.unread}</span>
      {study.isPinned && <Pin size={13} role="img" aria-label={words.pinned} />}
      {hasWarning && (
        <TriangleAlert size={14} role="img" aria-label={words.warning} className={styles['warning']} />
      )}
      {study.evictedCount > 0 && <Archive size={13} role="img" aria-label={words.evicted} />}
    </span>
  );
}

function nameCell({ patient }: StudySummary, { text, words, language }: CellContext): ReactNode {
  const { main, reading } = shownName(patient.name, language);
  if (main === '') return <span className={styles['missing']}>{words.noName}</span>;
  return (
    <>
      <span className={styles['name']}>
        <Highlight text={main} query={text} />
      </span>
      {reading !== '' && (
        <span className={styles['beside']}>
          <Highlight text={reading} query={text} />
        </span>
      )}
    </>
  );
}
