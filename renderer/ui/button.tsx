import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import styles from './button.module.css';
import { classNames } from './class-names.ts';
import type { KeyBinding } from './commands/keys.ts';
import { KeyboardHint } from './keyboard-hint.tsx';

export interface ButtonProps extends ComponentProps<'button'> {
  /** `primary`: the one thing expected next. `danger`: takes something away. */
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly icon?: LucideIcon;
  readonly binding?: KeyBinding | undefined;
}

export function Button({ kind = 'plain', icon: Icon, binding, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classNames(styles['button'], styles[kind], className)} {...rest}>
      {Icon && <Icon size={16} strokeWidth={1.75} aria-hidden />}
      {children !== undefined && <span className={styles['label']}>{children}</span>}
      {binding !== undefined && <KeyboardHint binding={binding} />}
    </button>
  );
}
