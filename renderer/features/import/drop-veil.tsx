import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shell } from '#renderer/backend/shell.ts';
import styles from './drop-veil.module.css';
import { useImporting } from './import-context.tsx';

/** While something is dragged over the window: says what will happen when it is dropped. */
export function DropVeil() {
  const { t } = useTranslation('import');
  const { actions } = useImporting();
  const [itemCount, setItemCount] = useState<number>();
  useEffect(() => {
    // A picture or series dragged inside the page is no import, whatever it carries.
    let isOurs = false;
    const isImport = (event: DragEvent) => !isOurs && event.dataTransfer?.types.includes('Files') === true;
    const handlers: Partial<{ [Type in keyof WindowEventMap]: (event: WindowEventMap[Type]) => void }> = {
      dragstart: () => (isOurs = true),
      dragend: () => (isOurs = false),
      dragenter: (event) => {
        if (isImport(event)) setItemCount(countOf(event.dataTransfer));
      },
      dragover: (event) => {
        if (!isImport(event) || !event.dataTransfer) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      dragleave: (event) => {
        // Only when the pointer leaves the window is there no element it goes to.
        if (event.relatedTarget === null) setItemCount(undefined);
      },
      drop: (event) => {
        setItemCount(undefined);
        if (!isImport(event) || !event.dataTransfer) return;
        event.preventDefault();
        const source = shell.dropped(event.dataTransfer);
        if (source) actions.importSource(source);
      },
    };
    const entries = Object.entries(handlers) as [string, EventListener][];
    for (const [type, handler] of entries) window.addEventListener(type, handler);
    return () => {
      for (const [type, handler] of entries) window.removeEventListener(type, handler);
    };
  }, [actions]);
  if (itemCount === undefined) return null;
  return (
    <div className={styles['veil']} role="status">
      <div className={styles['card']}>
        <Download size={32} strokeWidth={1.25} aria-hidden />
        <p className={styles['title']}>
          {itemCount > 0 ? t('drop.title', { count: itemCount }) : t('drop.titleUnknown')}
        </p>
        <p>{t('drop.text')}</p>
      </div>
    </div>
  );
}

function countOf(transfer: DataTransfer | null): number {
  return [...(transfer?.items ?? [])].filter((item) => item.kind === 'file').length;
}
