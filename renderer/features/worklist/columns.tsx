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
  /** Share of the width that is left; 0 keeps the minimum. */
  readonly share: number;
  readonly isNumber?: boolean;
  readonly cell: (study: StudySummary, context: CellContext) => ReactNode;
}

const THUMBNAIL_PX = 26;

/** In the order they stand on the screen. */
export const columns: readonly Column[] = [
  { id: 'state', minimumPx: 72, share: 0, cell: stateCell },
  {
    id: 'picture',
    minimumPx: 34,
    share: 0,
    cell: (study) => <Thumbnail frame={study.representative} sizePx={THUMBNAIL_PX} />,
  },
  { id: 'name', sort: 'patientName', minimumPx: 200, share: 3, cell: nameCell },
  {
    id: 'id',
    sort: 'patientId',
    minimumPx: 120,
    share: 1,
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
    share: 0,
    cell: ({ patient, studyDate }, { language }) =>
      [shownSex(patient.sex, language), shownAge(patient.birthDate, studyDate, language)]
        .filter((part) => part !== '')
        .join(' '),
  },
  {
    id: 'date',
    sort: 'studyDate',
    minimumPx: 164,
    share: 0,
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
    share: 0,
    cell: (study) => study.modalities.join(' '),
  },
  {
    id: 'description',
    sort: 'description',
    minimumPx: 136,
    share: 3,
    cell: ({ description }, { text }) => <Highlight text={description} query={text} />,
  },
  { id: 'bodyPart', minimumPx: 84, share: 0.5, cell: (study) => study.bodyParts.join(' ') },
  {
    id: 'accession',
    sort: 'accessionNumber',
    minimumPx: 104,
    share: 0.5,
    cell: ({ accessionNumber }, { text }) => <Highlight text={accessionNumber} query={text} />,
  },
  { id: 'facility', sort: 'facility', minimumPx: 96, share: 1.5, cell: (study) => study.facility },
  {
    id: 'counts',
    sort: 'instanceCount',
    minimumPx: 88,
    share: 0,
    isNumber: true,
    cell: ({ seriesCount, instanceCount }) => `${formatCount(seriesCount)} / ${formatCount(instanceCount)}`,
  },
  {
    id: 'received',
    sort: 'receivedAt',
    minimumPx: 136,
    share: 0,
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

/** For `grid-template-columns`. */
export function gridTemplate(shown: readonly Column[]): string {
  return shown
    .map(({ minimumPx, share }) => (share === 0 ? `${minimumPx}px` : `minmax(${minimumPx}px, ${share}fr)`))
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

function nameCell({ patient }: StudySummary, { text, words }: CellContext): ReactNode {
  const { main, reading } = shownName(patient.name);
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
