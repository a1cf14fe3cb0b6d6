import { useMemo } from 'react';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { commandText } from '#renderer/i18n/command-text.ts';
import type { TextKey } from '#renderer/i18n/command-text.ts';
import { formatCount } from '#renderer/i18n/format.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import type { Command } from '#renderer/ui/commands/registry.ts';
import { useCommands } from '#renderer/ui/commands/use-commands.ts';
import { showToast } from '#renderer/ui/toast.tsx';
import type { StudySummary } from '#shared/contract/study.ts';
import { rowsPerPage } from './row-metrics.ts';
import { MOST_SELECTED, selectionIn, studyInFocus } from './use-selection.ts';
import type { SelectionActions } from './use-selection.ts';
import type { StudyActions } from './use-study-actions.ts';
import type { StudyRows } from './use-study-rows.ts';
import { useWorklistStore } from './worklist-store.ts';

export interface WorklistParts {
  readonly rows: StudyRows;
  readonly selecting: SelectionActions;
  readonly actions: StudyActions;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onOpen: (study: StudySummary) => void;
  readonly onFocusSearch: () => void;
  readonly onToggleDetails: () => void;
}

/** Everything the keyboard can do in the list. */
export function useWorklistCommands(parts: WorklistParts): void {
  const { rows, selecting, actions, scroller, onOpen, onFocusSearch, onToggleDetails } = parts;
  const { t } = useTranslation('worklist');
  const language = useLanguage();
  const commands = useMemo((): readonly Command[] => {
    const group = t('title');
    const named = (id: string, key: TextKey) => ({
      id: `worklist.${id}`,
      group,
      ...commandText(key, language),
    });
    const chosen = () => chosenStudies(rows);
    const hasChosen = () => useWorklistStore.getState().selection.keys.size > 0;
    return [
      ...movements({ selecting, scroller, rows, named }),
      {
        ...named('open', 'worklist:commands.open'),
        keys: ['Enter', 'NumpadEnter'],
        isEnabled: () => focusedStudy(rows) !== undefined,
        run: () => {
          const study = focusedStudy(rows);
          if (study) onOpen(study);
        },
      },
      { ...named('search', 'worklist:commands.search'), keys: ['Slash', 'Ctrl+KeyF'], run: onFocusSearch },
      { ...named('details', 'worklist:commands.details'), keys: ['KeyI'], run: onToggleDetails },
      {
        ...named('pin', 'worklist:commands.pin'),
        keys: ['KeyP'],
        isEnabled: hasChosen,
        run: () => {
          const { keys, known } = chosen();
          actions.setPinned(keys, !known.every((study) => study.isPinned));
        },
      },
      {
        ...named('unread', 'worklist:commands.markUnread'),
        keys: ['KeyU'],
        isEnabled: hasChosen,
        run: () => actions.markUnread(chosen().keys),
      },
      {
        ...named('delete', 'worklist:commands.delete'),
        keys: ['Delete'],
        isEnabled: hasChosen,
        run: () => {
          const { keys, known } = chosen();
          actions.askToDelete(keys, known);
        },
      },
      {
        ...named('selectAll', 'worklist:commands.selectAll'),
        keys: ['Ctrl+KeyA'],
        run: () =>
          void selecting.selectAll().then((isDone) => {
            if (isDone) return;
            const most = formatCount(MOST_SELECTED);
            showToast({ kind: 'info', title: t('tooManySelected', { most }), id: 'too-many' });
          }),
      },
    ];
  }, [rows, selecting, actions, scroller, onOpen, onFocusSearch, onToggleDetails, t, language]);
  useCommands(commands);
}

interface MovementParts {
  readonly rows: StudyRows;
  readonly selecting: SelectionActions;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly named: (id: string, key: TextKey) => Pick<Command, 'id' | 'label' | 'group'>;
}

/** The arrow keys and their like, each also with Shift. */
function movements({ rows, selecting, scroller, named }: MovementParts): readonly Command[] {
  const page = () => (scroller.current ? rowsPerPage(scroller.current) : 1);
  const from = (ifNone: number, delta: number) => {
    const { focus } = selectionIn(rows);
    return focus ? focus.index + delta : ifNone;
  };
  const steps = [
    ['down', 'ArrowDown', 'worklist:commands.down', () => from(0, 1)],
    ['up', 'ArrowUp', 'worklist:commands.up', () => from(0, -1)],
    ['pageDown', 'PageDown', 'worklist:commands.pageDown', () => from(page(), page())],
    ['pageUp', 'PageUp', 'worklist:commands.pageUp', () => from(0, -page())],
    ['first', 'Home', 'worklist:commands.first', () => 0],
    ['last', 'End', 'worklist:commands.last', () => (rows.total ?? 1) - 1],
  ] as const;
  return steps.flatMap(([id, key, text, target]): readonly Command[] => [
    {
      ...named(id, text),
      keys: [key],
      repeats: true,
      isHidden: true,
      run: () => selecting.moveTo(target(), false),
    },
    {
      ...named(`${id}.extend`, 'worklist:commands.extend'),
      keys: [`Shift+${key}`],
      repeats: true,
      isHidden: true,
      run: () => selecting.moveTo(target(), true),
    },
  ]);
}

/** The studies that are chosen; of those out of sight only the key is known. */
export function chosenStudies(rows: StudyRows): { keys: StudySummary['studyKey'][]; known: StudySummary[] } {
  const keys = [...useWorklistStore.getState().selection.keys];
  const known = keys.flatMap((key) => {
    const index = rows.indexOf(key);
    const study = index === undefined ? undefined : rows.at(index);
    return study ? [study] : [];
  });
  return { keys, known };
}

function focusedStudy(rows: StudyRows): StudySummary | undefined {
  return studyInFocus(selectionIn(rows), rows);
}
