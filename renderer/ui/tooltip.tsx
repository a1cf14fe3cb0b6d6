import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import type { KeyBinding } from './commands/keys.ts';
import { KeyboardHint } from './keyboard-hint.tsx';
import styles from './tooltip.module.css';

/** Tooltips beside each other open at once after the first; put one around the application. */
export const TooltipProvider = Base.Provider;

export interface TooltipProps {
  /** The element it explains; takes the tooltip's properties and a ref. */
  readonly children: ReactElement<Record<string, unknown>>;
  readonly text: ReactNode;
  readonly binding?: KeyBinding | undefined;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
}

export function Tooltip({ children, text, binding, side = 'bottom' }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className={styles['positioner']}>
          <Base.Popup className={styles['popup']}>
            <span>{text}</span>
            {binding !== undefined && <KeyboardHint binding={binding} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
