import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudySummary } from '#shared/contract/study.ts';
import { useCall } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { DetailsPanel } from './details-panel.tsx';
import { ListEmpty } from './list-empty.tsx';
import { RowMenu } from './row-menu.tsx';
import { StudyTable } from './study-table.tsx';
import { Toolbar } from './toolbar.tsx';
import { useDetails, useLikely } from './use-details.ts';
import { selectionIn, studyInFocus, useSelection } from './use-selection.ts';
import { useStudyActions } from './use-study-actions.ts';
import { useStudyRows } from './use-study-rows.ts';
import type { RowRange } from './use-study-rows.ts';
import { useWorklistCommands } from './use-worklist-commands.ts';
import { useToday, useWorklistQuery } from './use-worklist-query.ts';
import { filterOf, isFiltered, nextSort } from './worklist-query.ts';
import styles from './worklist.module.css';

export interface WorklistProps {
  readonly onOpen: (study: StudySummary) => void;
  /** The study that is likely to be opened next. */
  readonly onLikely?: (study: StudySummary) => void;
  /** Importing: buttons for the toolbar, and larger ones for an archive with nothing in it. */
  readonly importMenu: ReactNode;
  readonly firstSteps: ReactNode;
}

export function Worklist({ onOpen, onLikely, importMenu, firstSteps }: WorklistProps) {
  const { t } = useTranslation('worklist');
  const scroller = useRef<HTMLDivElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const [query, changeQuery] = useWorklistQuery();
  const today = useToday();
  const rowsQuery = useMemo(() => ({ filter: filterOf(query, today), sort: query.sort }), [query, today]);
  const [range, setRange] = useState<RowRange>([0, 0]);
  const rows = useStudyRows(rowsQuery, range);
  const counts = useCall('archive', 'countStudies', rowsQuery.filter, { keepPrevious: true });
  const selecting = useSelection(rows, scroller);
  const actions = useStudyActions();
  const [areDetailsShown, toggleDetails] = useDetails();
  const { selection } = selecting;
  const focused = studyInFocus(selection, rows);
  useLikely(focused, onLikely);

  const enterList = useCallback(() => {
    scroller.current?.focus();
    selecting.moveTo(selectionIn(rows).focus?.index ?? 0, false);
  }, [rows, selecting]);
  const focusSearch = useCallback(() => searchField.current?.select(), []);
  useWorklistCommands({
    rows,
    selecting,
    actions,
    scroller,
    onOpen,
    onFocusSearch: focusSearch,
    onToggleDetails: toggleDetails,
  });
  useEffect(() => scroller.current?.focus(), []);

  return (
    <div className={styles['worklist']}>
      <h1 className="visually-hidden">{t('title')}</h1>
      <Toolbar
        query={query}
        onChange={changeQuery}
        counts={counts.data}
        selectedCount={selection.keys.size}
        searchField={searchField}
        onEnterList={enterList}
        areDetailsShown={areDetailsShown}
        onToggleDetails={toggleDetails}
      >
        {importMenu}
      </Toolbar>
      <div className={styles['body']}>
        <div className={styles['list']}>
          <RowMenu rows={rows} actions={actions} onOpen={onOpen}>
            <StudyTable
              rows={rows}
              sort={query.sort}
              selection={selection}
              scroller={scroller}
              onSort={(column) => changeQuery({ sort: nextSort(query.sort, column) })}
              onRange={setRange}
              onPress={selecting.press}
              onOpen={(index) => {
                const study = selecting.pressedTwice(index);
                if (study) onOpen(study);
              }}
            />
          </RowMenu>
          {rows.total === 0 && (
            <ListEmpty
              isFiltered={isFiltered(query)}
              text={query.text}
              firstSteps={firstSteps}
              onShowAll={changeQuery}
            />
          )}
          {rows.error && rows.total === undefined && (
            <p role="alert" className={styles['error']}>
              {errorText(rows.error)}
            </p>
          )}
        </div>
        {areDetailsShown && (
          <DetailsPanel study={focused} selectedCount={selection.keys.size} onOpen={onOpen} />
        )}
      </div>
      {actions.toDelete && (
        <DeleteDialog question={actions.toDelete} onDelete={actions.deleteNow} onKeep={actions.keep} />
      )}
    </div>
  );
}
