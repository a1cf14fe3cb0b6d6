import { ListRestart, Mail, PanelRight, Search } from 'lucide-react';
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyCounts } from '#shared/contract/study.ts';
import { formatCount } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { IconButton } from '#renderer/ui/icon-button.tsx';
import { TextField, isOfInputMethod } from '#renderer/ui/text-field.tsx';
import { DateFilter } from './date-filter.tsx';
import { FacilityFilter } from './facility-filter.tsx';
import { ModalityFilter } from './modality-filter.tsx';
import styles from './toolbar.module.css';
import { everything, isFiltered } from './worklist-query.ts';
import type { WorklistQuery } from './worklist-query.ts';

export interface ToolbarProps {
  readonly query: WorklistQuery;
  readonly onChange: (change: Partial<WorklistQuery>) => void;
  readonly counts: StudyCounts | undefined;
  readonly selectedCount: number;
  readonly searchField: RefObject<HTMLInputElement | null>;
  /** From the search field into the list. */
  readonly onEnterList: () => void;
  readonly areDetailsShown: boolean;
  readonly onToggleDetails: () => void;
  /** Importing and the like, from outside this feature. */
  readonly children: ReactNode;
}

export function Toolbar(props: ToolbarProps) {
  const { query, onChange, counts, searchField, onEnterList, areDetailsShown, onToggleDetails } = props;
  const { t } = useTranslation('worklist');
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOfInputMethod(event) || event.key !== 'ArrowDown') return;
    event.preventDefault();
    onEnterList();
  };
  return (
    <div className={styles['toolbar']} role="search" aria-label={t('search.label')}>
      <div className={styles['line']}>
        <TextField
          label={t('search.label')}
          placeholder={t('search.placeholder')}
          icon={Search}
          isClearable
          maxLength={200}
          className={styles['search']}
          inputRef={searchField}
          value={query.text}
          onChange={(text) => onChange({ text })}
          onKeyDown={onKeyDown}
          onSubmit={onEnterList}
        />
        <DateFilter query={query} onChange={onChange} />
        <button
          type="button"
          className={styles['toggle']}
          aria-pressed={query.isUnreadOnly}
          onClick={() => onChange({ isUnreadOnly: !query.isUnreadOnly })}
        >
          <Mail size={14} aria-hidden />
          {t('filter.unread')}
          {counts && <span className={styles['count']}>{formatCount(counts.unread)}</span>}
        </button>
        <FacilityFilter
          chosen={query.facilities}
          counts={counts?.byFacility ?? []}
          onChange={(facilities) => onChange({ facilities })}
        />
        <span className={styles['gap']} />
        {props.children}
        <IconButton
          icon={PanelRight}
          label={t('commands.details')}
          binding="KeyI"
          isActive={areDetailsShown}
          onClick={onToggleDetails}
        />
      </div>
      <div className={styles['line']}>
        <ModalityFilter
          chosen={query.modalities}
          counts={counts?.byModality ?? []}
          onChange={(modalities) => onChange({ modalities })}
        />
        <span className={styles['gap']} />
        {isFiltered(query) && (
          <Button
            kind="quiet"
            icon={ListRestart}
            onClick={() => onChange({ ...everything, sort: query.sort })}
          >
            {t('filter.reset')}
          </Button>
        )}
        <output className={styles['total']} aria-live="polite">
          {props.selectedCount > 1 && `${t('selected', { count: props.selectedCount })} · `}
          {counts ? t('total', { count: counts.total, shown: formatCount(counts.total) }) : ' '}
        </output>
      </div>
    </div>
  );
}
