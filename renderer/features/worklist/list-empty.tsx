import { FileSearch, Inbox } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { EmptyState } from '#renderer/ui/empty-state.tsx';
import { everything } from './worklist-query.ts';
import type { WorklistQuery } from './worklist-query.ts';
import styles from './worklist.module.css';

export interface ListEmptyProps {
  readonly isFiltered: boolean;
  readonly text: string;
  readonly firstSteps: ReactNode;
  readonly onShowAll: (query: WorklistQuery) => void;
}

/** Nothing found is not nothing there: says which of the two it is and what to do. */
export function ListEmpty({ isFiltered, text, firstSteps, onShowAll }: ListEmptyProps) {
  const { t } = useTranslation('worklist');
  if (isFiltered) {
    return (
      <div className={styles['empty']}>
        <EmptyState
          icon={FileSearch}
          title={text.trim() === '' ? t('empty.filtered') : t('empty.searched', { text: text.trim() })}
          actions={<Button onClick={() => onShowAll(everything)}>{t('filter.reset')}</Button>}
        >
          {t('empty.searchHint')}
        </EmptyState>
      </div>
    );
  }
  return (
    <div className={styles['empty']}>
      <EmptyState icon={Inbox} title={t('empty.first')} actions={firstSteps}>
        <p>{t('empty.firstText')}</p>
        <p>{t('empty.firstDrop')}</p>
      </EmptyState>
    </div>
  );
}
