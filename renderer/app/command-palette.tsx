import { Search } from 'lucide-react';
import { useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Command } from '#renderer/ui/commands/registry.ts';
import { useCommandList } from '#renderer/ui/commands/use-commands.ts';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { KeyboardHint } from '#renderer/ui/keyboard-hint.tsx';
import { TextField, isOfInputMethod } from '#renderer/ui/text-field.tsx';
import styles from './command-palette.module.css';

/** Finds any command by its name in either language. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation('app');
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('palette.open')}>
      <Finder onClose={onClose} />
    </Dialog>
  );
}

function Finder({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('app');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const list = useRef<HTMLUListElement>(null);
  const commands = useCommandList();
  const found = useMemo(() => findCommands(commands, text), [commands, text]);

  const run = (command: Command | undefined) => {
    if (!command || command.isEnabled?.() === false) return;
    onClose();
    // After the dialog has given the focus back, so that the command may move it.
    setTimeout(command.run);
  };
  const move = (to: number) => {
    setChosen(to);
    list.current?.children[to]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isOfInputMethod(event)) return;
    if (event.key === 'ArrowDown') move(Math.min(chosen + 1, found.length - 1));
    else if (event.key === 'ArrowUp') move(Math.max(chosen - 1, 0));
    else return;
    event.preventDefault();
  };

  return (
    <div className={styles['finder']}>
      <TextField
        label={t('palette.placeholder')}
        placeholder={t('palette.placeholder')}
        icon={Search}
        value={text}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={found[chosen] && `${listId}-${chosen}`}
        onChange={(value) => {
          setText(value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        onSubmit={() => run(found[chosen])}
      />
      {found.length === 0 && <p className={styles['empty']}>{t('palette.empty', { text })}</p>}
      <ul id={listId} ref={list} role="listbox" aria-label={t('palette.result')} className={styles['list']}>
        {found.map((command, index) => (
          <li
            key={command.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            aria-disabled={command.isEnabled?.() === false}
            className={styles['command']}
            onClick={() => run(command)}
            onPointerMove={() => setChosen(index)}
          >
            <span className={styles['group']}>{command.group}</span>
            <span className={styles['label']}>{command.label}</span>
            {command.keys?.[0] !== undefined && <KeyboardHint binding={command.keys[0]} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

const folded = (text: string) => text.normalize('NFKC').toLowerCase();

/** Every word must occur in label, group or keywords; possible commands first. */
function findCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  return commands
    .filter((command) => !command.isHidden)
    .filter((command) => {
      const haystack = folded(`${command.label} ${command.group} ${command.keywords ?? ''}`);
      return words.every((word) => haystack.includes(word));
    })
    .toSorted((a, b) => Number(a.isEnabled?.() === false) - Number(b.isEnabled?.() === false));
}
