import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useId, useLayoutEffect, useMemo, useState } from 'react';
import type { CSSProperties, MouseEvent, RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudySort, StudySortColumn } from '#shared/contract/study.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { classNames } from '#renderer/ui/class-names.ts';
import { leastWidthPx, sharedWidths } from './column-widths.ts';
import { columnsFor } from './columns.tsx';
import type { CellContext, columns } from './columns.tsx';
import { HEADER_HEIGHT_PX, ROW_HEIGHT_PX } from './row-metrics.ts';
import type { Selection } from './selection.ts';
import { StudyRow } from './study-row.tsx';
import styles from './study-table.module.css';
import type { RowRange, StudyRows } from './use-study-rows.ts';
import { useSteadyScroll } from './use-steady-scroll.ts';

export interface StudyTableProps {
  readonly rows: StudyRows;
  readonly sort: StudySort;
  readonly selection: Selection;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onSort: (column: StudySortColumn) => void;
  readonly onRange: (range: RowRange) => void;
  readonly onPress: (index: number, event: MouseEvent) => void;
  readonly onOpen: (index: number) => void;
}

/** The list itself: header and rows in one scroller, and of a hundred thousand rows only those in sight. */
export function StudyTable(props: StudyTableProps) {
  const { rows, sort, selection, scroller, onSort, onRange, onPress, onOpen } = props;
  const { t } = useTranslation('worklist');
  const gridId = useId();
  const widthPx = useWidth(scroller);
  const shown = useMemo(() => columnsFor(widthPx), [widthPx]);
  const context = useCellContext(rows.shown.filter.text);
  const total = rows.total ?? 0;
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT_PX,
    overscan: 10,
    paddingStart: HEADER_HEIGHT_PX,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onRange([first, last]), [first, last, onRange]);
  useSteadyScroll(scroller, rows);
  const focusIndex = selection.focus?.index;

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={t('title')}
      aria-rowcount={total + 1}
      aria-multiselectable
      aria-activedescendant={focusIndex === undefined ? undefined : `${gridId}-${focusIndex}`}
      className={styles['scroller']}
      style={gridStyle(shown, widthPx)}
    >
      <Header shown={shown} sort={sort} onSort={onSort} />
      <div className={styles['rows']} style={{ height: virtualizer.getTotalSize() - HEADER_HEIGHT_PX }}>
        {items.map((item) => {
          const study = rows.at(item.index);
          return (
            <StudyRow
              key={item.key}
              id={`${gridId}-${item.index}`}
              index={item.index}
              topPx={item.start - HEADER_HEIGHT_PX}
              study={study}
              shown={shown}
              context={context}
              isSelected={study !== undefined && selection.keys.has(study.studyKey)}
              isFocused={item.index === focusIndex}
              onPress={onPress}
              onOpen={onOpen}
            />
          );
        })}
      </div>
    </div>
  );
}

interface HeaderProps {
  readonly shown: typeof columns;
  readonly sort: StudySort;
  readonly onSort: (column: StudySortColumn) => void;
}

function Header({ shown, sort, onSort }: HeaderProps) {
  const { t } = useTranslation('worklist');
  return (
    <div role="row" aria-rowindex={1} className={styles['header']}>
      {shown.map(({ id, sort: column, isNumber }) => {
        const isSorted = column !== undefined && column === sort.column;
        const Arrow = sort.descending ? ArrowDown : ArrowUp;
        const className = classNames(styles['heading'], isNumber && styles['number']);
        const direction = sort.descending ? 'descending' : 'ascending';
        return (
          <div
            key={id}
            role="columnheader"
            aria-sort={isSorted ? direction : undefined}
            className={className}
          >
            {column === undefined ? (
              <span className={styles['plain']}>{t(`columns.${id}`)}</span>
            ) : (
              <button
                type="button"
                tabIndex={-1}
                className={styles['sortable']}
                // The list keeps the focus, so that Enter still opens.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => onSort(column)}
              >
                {t(`columns.${id}`)}
                {isSorted && <Arrow size={12} aria-hidden />}
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}

function gridStyle(shown: typeof columns, widthPx: number): CSSProperties {
  const ids = shown.map(({ id }) => id);
  const template = sharedWidths(ids, widthPx).map((width) => `${width}px`);
  return { '--columns': template.join(' '), '--minimum-width': `${leastWidthPx(ids)}px` } as CSSProperties;
}

function useCellContext(text: string): CellContext {
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  return useMemo(
    () => ({
      text,
      language,
      words: {
        unread: t('state.unread'),
        pinned: t('state.pinned'),
        warning: t('state.warning'),
        evicted: t('state.evicted'),
        noName: t('noName'),
      },
    }),
    [text, language, t],
  );
}

/** Width of the list in px, without its scroll bar. */
function useWidth(scroller: RefObject<HTMLDivElement | null>): number {
  const [widthPx, setWidthPx] = useState(window.innerWidth);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return widthPx;
}
