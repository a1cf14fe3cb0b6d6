import { LayoutGrid } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '#renderer/ui/icon-button.tsx';
import { Popover } from '#renderer/ui/popover.tsx';
import { MOST_COLUMNS, MOST_ROWS } from '../session/layout.ts';
import { useModel, useSession } from '../use-session.ts';
import styles from './toolbar.module.css';

/** A grid to point into: as many rows and columns as lie up to the pointer. */
export function LayoutPicker() {
  const { t } = useTranslation('viewer');
  const session = useSession();
  const rows = useModel(({ layout }) => layout.rows);
  const columns = useModel(({ layout }) => layout.columns);
  const [isOpen, setOpen] = useState(false);
  const [pointed, setPointed] = useState<{ rows: number; columns: number }>();
  const marked = pointed ?? { rows, columns };
  return (
    <Popover
      isOpen={isOpen}
      onOpenChange={setOpen}
      title={t('toolbar.layout')}
      trigger={<IconButton icon={LayoutGrid} label={t('toolbar.layout')} />}
    >
      <div className={styles['picker']} onPointerLeave={() => setPointed(undefined)}>
        {Array.from({ length: MOST_ROWS * MOST_COLUMNS }, (_, index) => {
          const cell = { rows: Math.floor(index / MOST_COLUMNS) + 1, columns: (index % MOST_COLUMNS) + 1 };
          return (
            <button
              key={index}
              type="button"
              data-in={(cell.rows <= marked.rows && cell.columns <= marked.columns) || undefined}
              onPointerEnter={() => setPointed(cell)}
              onFocus={() => setPointed(cell)}
              onClick={() => {
                session.setLayout(cell.rows, cell.columns);
                setOpen(false);
              }}
            >
              {cell.rows}×{cell.columns}
            </button>
          );
        })}
      </div>
    </Popover>
  );
}
