import { Toast as Base } from '@base-ui/react/toast';
import { CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './toast.module.css';
import { useControlWords } from './words.tsx';

const manager = Base.createToastManager();

export interface ToastOptions {
  readonly kind: 'done' | 'info' | 'problem';
  readonly title: string;
  readonly text?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** A second one with the same id takes the place of the first. */
  readonly id?: string;
}

const SHOWN_MS = 6000;

/** Tells something that needs no answer. Problems stay until they are closed. */
export function showToast({ kind, title, text, action, id }: ToastOptions): void {
  manager.add({
    type: kind,
    title,
    description: text,
    timeout: kind === 'problem' ? 0 : SHOWN_MS,
    priority: kind === 'problem' ? 'high' : 'low',
    ...(id !== undefined && { id }),
    ...(action && { actionProps: { children: action.label, onClick: action.run } }),
  });
}

const icons = { done: CircleCheck, info: Info, problem: TriangleAlert };

/** Put one around the application. */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      {children}
      <Base.Portal>
        <Base.Viewport className={styles['viewport']}>
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts } = Base.useToastManager();
  const words = useControlWords();
  return toasts.map((toast) => {
    const Icon = icons[toast.type as keyof typeof icons] ?? Info;
    return (
      <Base.Root key={toast.id} toast={toast} className={styles['toast']} swipeDirection={[]}>
        <Base.Content className={styles['content']}>
          <Icon size={18} aria-hidden className={styles['icon']} />
          <div className={styles['text']}>
            <Base.Title className={styles['title']} />
            <Base.Description className={styles['description']} />
          </div>
          {toast.actionProps && <Base.Action className={styles['action']} />}
          <Base.Close className={styles['close']} aria-label={words.dismiss}>
            <X size={16} aria-hidden />
          </Base.Close>
        </Base.Content>
      </Base.Root>
    );
  });
}
