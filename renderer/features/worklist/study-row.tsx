import { memo } from 'react';
import type { MouseEvent } from 'react';
import type { StudySummary } from '#shared/contract/study.ts';
import { classNames } from '#renderer/ui/class-names.ts';
import type { CellContext, columns } from './columns.tsx';
import styles from './study-table.module.css';

export interface StudyRowProps {
  readonly id: string;
  readonly index: number;
  readonly topPx: number;
  /** Undefined while its page is on its way. */
  readonly study: StudySummary | undefined;
  readonly shown: typeof columns;
  readonly context: CellContext;
  readonly isSelected: boolean;
  readonly isFocused: boolean;
  readonly onPress: (index: number, event: MouseEvent) => void;
  readonly onOpen: (index: number) => void;
}

export const StudyRow = memo(function StudyRow(props: StudyRowProps) {
  const { id, index, topPx, study, shown, context, isSelected, isFocused, onPress, onOpen } = props;
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-busy={study === undefined}
      className={classNames(
        styles['row'],
        isFocused && styles['focused'],
        study?.openedAtMs === null && styles['unread'],
      )}
      style={{ transform: `translateY(${topPx}px)` }}
      onMouseDown={(event) => onPress(index, event)}
      onDoubleClick={() => onOpen(index)}
    >
      {shown.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={classNames(styles['cell'], column.isNumber && styles['number'])}
        >
          {study ? column.cell(study, context) : <span className={styles['placeholder']} />}
        </div>
      ))}
    </div>
  );
});
