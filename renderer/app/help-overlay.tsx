import { useTranslation } from 'react-i18next';
import type { KeyBinding } from '#renderer/ui/commands/keys.ts';
import type { Command } from '#renderer/ui/commands/registry.ts';
import { useCommandList } from '#renderer/ui/commands/use-commands.ts';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { KeyboardHint } from '#renderer/ui/keyboard-hint.tsx';
import styles from './help-overlay.module.css';

/** Every key that works on this screen, from the commands themselves. */
export function HelpOverlay({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation('app');
  const commands = useCommandList();
  if (!isOpen) return null;
  return (
    <Dialog isOpen onClose={onClose} title={t('help.title')} description={t('help.physical')} width="full">
      <div className={styles['groups']}>
        {[...groupsOf(commands)].map(([group, members]) => (
          <section key={group} className={styles['group']}>
            <h3 className={styles['heading']}>{group}</h3>
            <dl>
              {members.map(({ label, keys }) => (
                <div key={label} className={styles['row']}>
                  <dt>{label}</dt>
                  <dd className={styles['keys']}>
                    {keys.map((binding) => (
                      <KeyboardHint key={binding} binding={binding} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

interface HelpRow {
  readonly label: string;
  readonly keys: readonly KeyBinding[];
}

/** Commands of one name, such as selecting with Shift and any arrow, share a row. */
function groupsOf(commands: readonly Command[]): ReadonlyMap<string, readonly HelpRow[]> {
  const withKeys = commands.filter((command) => command.keys !== undefined);
  return new Map(
    [...Map.groupBy(withKeys, ({ group }) => group)].map(([group, members]) => [
      group,
      [...Map.groupBy(members, ({ label }) => label)].map(([label, same]) => ({
        label,
        keys: same.flatMap(({ keys = [] }) => keys),
      })),
    ]),
  );
}
