import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { use, useRef } from 'react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { DialogCompanion } from './dialog-companion.ts';
import styles from './dialog.module.css';
import { useControlWords } from './words.tsx';

export interface DialogProps {
  readonly isOpen: boolean;
  /** Esc, the close button, or a click beside it. */
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Buttons; the one expected next comes last. */
  readonly actions?: ReactNode;
  readonly width?: 'narrow' | 'wide' | 'full';
  /** A decision about a patient must be answered, not clicked away. */
  readonly mustAnswer?: boolean;
}

/** The focus goes to what is asked, not to the button that closes. */
const FOCUSABLE = 'input, textarea, [role=combobox], button:not(:disabled)';

/** A question in front of everything: keeps the focus inside and gives it back afterwards. */
export function Dialog(props: DialogProps) {
  const { isOpen, onClose, title, description, children, actions, width = 'narrow', mustAnswer } = props;
  const words = useControlWords();
  const companion = use(DialogCompanion);
  const content = useRef<HTMLDivElement>(null);
  return (
    <Base.Root
      open={isOpen}
      disablePointerDismissal={mustAnswer ?? false}
      onOpenChange={(nowOpen) => {
        if (!nowOpen) onClose();
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles['backdrop']} />
        <Base.Popup
          className={classNames(styles['popup'], styles[width])}
          initialFocus={() => content.current?.querySelector<HTMLElement>(FOCUSABLE) ?? true}
        >
          <header className={styles['header']}>
            <Base.Title className={styles['title']}>{title}</Base.Title>
            {companion}
            {!mustAnswer && (
              <Base.Close className={styles['close']} aria-label={words.close}>
                <X size={18} aria-hidden />
              </Base.Close>
            )}
          </header>
          <div ref={content} className={styles['content']}>
            {description !== undefined && (
              <Base.Description className={styles['description']}>{description}</Base.Description>
            )}
            {children !== undefined && <div className={styles['body']}>{children}</div>}
            {actions !== undefined && <footer className={styles['actions']}>{actions}</footer>}
          </div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
