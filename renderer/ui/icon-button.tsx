import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import type { KeyBinding } from './commands/keys.ts';
import { useCommand } from './commands/use-commands.ts';
import styles from './icon-button.module.css';
import { Tooltip } from './tooltip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: LucideIcon;
  /** Its name, for the tooltip and for screen readers. */
  readonly label: string;
  readonly binding?: KeyBinding | undefined;
  /** For tools and switches: whether it is on; leave out for plain actions. */
  readonly isActive?: boolean | undefined;
  readonly tooltipSide?: 'top' | 'right' | 'bottom' | 'left';
}

export function IconButton(props: IconButtonProps) {
  const { icon: Icon, label, binding, isActive, tooltipSide = 'bottom', className, ...rest } = props;
  return (
    <Tooltip text={label} binding={binding} side={tooltipSide}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={isActive}
        className={classNames(styles['button'], className)}
        {...rest}
      >
        <Icon size={18} strokeWidth={1.75} aria-hidden />
      </button>
    </Tooltip>
  );
}

export interface CommandButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'onClick'> {
  readonly command: string;
  readonly icon: LucideIcon;
  readonly tooltipSide?: 'top' | 'right' | 'bottom' | 'left';
}

/** A button for a registered command: name, key and state come from the command itself. */
export function CommandButton({ command: id, ...rest }: CommandButtonProps) {
  const command = useCommand(id);
  if (!command) return null;
  return (
    <IconButton
      label={command.label}
      binding={command.keys?.[0]}
      isActive={command.isActive}
      onClick={() => {
        if (command.isEnabled?.() !== false) command.run();
      }}
      {...rest}
    />
  );
}
