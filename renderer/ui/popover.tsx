import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import popup from './popup.module.css';
import styles from './popover.module.css';

export interface PopoverProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly title?: string;
  readonly children: ReactNode;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

/** Something small beside a button; closes with Esc or a click elsewhere. */
export function Popover({ trigger, title, children, side = 'bottom', isOpen, onOpenChange }: PopoverProps) {
  return (
    <Base.Root
      {...(isOpen !== undefined && { open: isOpen })}
      onOpenChange={(nowOpen) => onOpenChange?.(nowOpen)}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          className={popup['positioner']}
          side={side}
          sideOffset={6}
          align="start"
          collisionPadding={8}
        >
          <Base.Popup className={styles['popup']}>
            {title !== undefined && <Base.Title className={styles['title']}>{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
