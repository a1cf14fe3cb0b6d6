import { useTranslation } from 'react-i18next';
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
              {members.map((command) => (
                <div key={command.id} className={styles['row']}>
                  <dt>{command.label}</dt>
                  <dd className={styles['keys']}>
                    {command.keys?.map((binding) => (
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

function groupsOf(commands: readonly Command[]): ReadonlyMap<string, readonly Command[]> {
  return Map.groupBy(
    commands.filter((command) => command.keys !== undefined),
    (command) => command.group,
  );
}
