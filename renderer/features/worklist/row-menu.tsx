import { Copy, FolderOpen, MailOpen, Pin, PinOff, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudySummary } from '#shared/contract/study.ts';
import { ContextMenu } from '#renderer/ui/menu.tsx';
import type { MenuItems } from '#renderer/ui/menu.tsx';
import type { StudyActions } from './use-study-actions.ts';
import type { StudyRows } from './use-study-rows.ts';
import { chosenStudies } from './use-worklist-commands.ts';
import { useWorklistStore } from './worklist-store.ts';
import styles from './worklist.module.css';

export interface RowMenuProps {
  readonly rows: StudyRows;
  readonly actions: StudyActions;
  readonly onOpen: (study: StudySummary) => void;
  readonly children: ReactNode;
}

/** Right click, or the menu key: what can be done to the chosen studies. */
export function RowMenu({ rows, actions, onOpen, children }: RowMenuProps) {
  const { t } = useTranslation('worklist');
  // Drawn again whenever another row is chosen, so that the menu speaks of what is chosen now.
  const count = useWorklistStore((state) => state.selection.keys.size);
  const { keys, known } = chosenStudies(rows);
  const [first] = known;
  const isPinned = known.length > 0 && known.every((study) => study.isPinned);
  const groups: MenuItems = [
    [
      {
        id: 'open',
        label: t('commands.open'),
        icon: FolderOpen,
        binding: 'Enter',
        isDisabled: count !== 1 || !first,
        run: () => first && onOpen(first),
      },
      {
        id: 'pin',
        label: isPinned ? t('commands.unpin') : t('commands.pinOnly'),
        icon: isPinned ? PinOff : Pin,
        binding: 'KeyP',
        isDisabled: count === 0,
        run: () => actions.setPinned(keys, !isPinned),
      },
      {
        id: 'unread',
        label: t('commands.markUnread'),
        icon: MailOpen,
        binding: 'KeyU',
        isDisabled: count === 0,
        run: () => actions.markUnread(keys),
      },
      {
        id: 'copy',
        label: t('commands.copyId'),
        icon: Copy,
        isDisabled: !first,
        run: () => void navigator.clipboard.writeText(known.map((study) => study.patient.id).join('\n')),
      },
    ],
    [
      {
        id: 'delete',
        label: t('commands.delete'),
        icon: Trash2,
        binding: 'Delete',
        isDisabled: count === 0,
        run: () => actions.askToDelete(keys, known),
      },
    ],
  ];
  return <ContextMenu area={<div className={styles['menuArea']}>{children}</div>} groups={groups} />;
}
