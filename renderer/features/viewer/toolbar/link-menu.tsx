import { Link, Unlink } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useCommandList } from '#renderer/ui/commands/use-commands.ts';
import { Menu } from '#renderer/ui/menu.tsx';
import type { CommandId } from '../commands.ts';
import { registered } from '../use-viewer-commands.ts';
import { useModel } from '../use-session.ts';
import styles from './toolbar.module.css';

const linked = [
  'linkScroll',
  'linkWindow',
  'linkZoom',
  'referenceLines',
] as const satisfies readonly CommandId[];
const shown = [
  'toggleAnnotations',
  'toggleCorners',
  'toggleOverlays',
] as const satisfies readonly CommandId[];

/** What follows what; how many kinds are on can be read without opening it. */
export function LinkMenu() {
  const { t } = useTranslation('viewer');
  const commands = useCommandList();
  const preferences = useModel((model) => model.preferences);
  const count = [preferences.isScrollLinked, preferences.isWindowLinked, preferences.isZoomLinked].filter(
    Boolean,
  ).length;
  const itemsOf = (ids: readonly CommandId[]) =>
    ids.flatMap((id) => {
      const command = commands.find((each) => each.id === registered(id));
      return command
        ? [
            {
              id,
              label: command.label,
              binding: command.keys?.[0],
              isChecked: command.isActive === true,
              run: command.run,
            },
          ]
        : [];
    });
  return (
    <Menu
      trigger={
        <button type="button" className={styles['text']} aria-haspopup="menu" aria-label={t('toolbar.links')}>
          {count > 0 ? <Link size={15} aria-hidden /> : <Unlink size={15} aria-hidden />}
          <span>{count}</span>
        </button>
      }
      groups={[itemsOf(linked), itemsOf(shown)]}
    />
  );
}
