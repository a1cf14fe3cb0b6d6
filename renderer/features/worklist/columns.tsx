import { Archive, Pin, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StudySortColumn, StudySummary } from '#shared/contract/study.ts';
import { formatCount, formatDicomDate, formatDicomTime, formatMoment } from '#renderer/i18n/format.ts';
import type { Language } from '#renderer/i18n/index.ts';
import { shownAge, shownName, shownSex } from '#renderer/i18n/patient.ts';
import { fittingColumns } from './column-widths.ts';
import type { ColumnId } from './column-widths.ts';
import styles from './columns.module.css';
import { Highlight } from './highlight.tsx';
import { Thumbnail } from './thumbnail.tsx';

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
  readonly isNumber?: boolean;
  readonly cell: (study: StudySummary, context: CellContext) => ReactNode;
}

const THUMBNAIL_PX = 26;

/** In the order they stand on the screen. */
export const columns: readonly Column[] = [
  { id: 'state', cell: stateCell },
  {
    id: 'picture',
    cell: (study) => <Thumbnail frame={study.representative} sizePx={THUMBNAIL_PX} />,
  },
  { id: 'name', sort: 'patientName', cell: nameCell },
  {
    id: 'id',
    sort: 'patientId',
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
    cell: ({ patient, studyDate }, { language }) =>
      [shownSex(patient.sex, language), shownAge(patient.birthDate, studyDate, language)]
        .filter((part) => part !== '')
        .join(' '),
  },
  {
    id: 'date',
    sort: 'studyDate',
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
    cell: (study) => study.modalities.join(' '),
  },
  {
    id: 'description',
    sort: 'description',
    cell: ({ description }, { text }) => <Highlight text={description} query={text} />,
  },
  { id: 'bodyPart', cell: (study) => study.bodyParts.join(' ') },
  {
    id: 'accession',
    sort: 'accessionNumber',
    cell: ({ accessionNumber }, { text }) => <Highlight text={accessionNumber} query={text} />,
  },
  { id: 'facility', sort: 'facility', cell: (study) => study.facility },
  {
    id: 'counts',
    sort: 'instanceCount',
    isNumber: true,
    cell: ({ seriesCount, instanceCount }) => `${formatCount(seriesCount)} / ${formatCount(instanceCount)}`,
  },
  {
    id: 'received',
    sort: 'receivedAt',
    cell: (study) => formatMoment(study.receivedAtMs),
  },
];

/** The columns that fit side by side into a width. */
export function columnsFor(widthPx: number): readonly Column[] {
  const fitting = fittingColumns(widthPx);
  return columns.filter(({ id }) => fitting.includes(id));
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
