import { X } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useRef } from 'react';
import type { ComponentProps, KeyboardEvent, RefObject } from 'react';
import { classNames } from './class-names.ts';
import styles from './text-field.module.css';
import { useControlWords } from './words.tsx';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'onSubmit'> {
  readonly label: string;
  readonly value: string;
  /** Called with every change, also with the kana of an unfinished conversion. */
  readonly onChange: (value: string) => void;
  /** Enter, but never the Enter that confirms a conversion. */
  readonly onSubmit?: (value: string) => void;
  readonly icon?: LucideIcon;
  /** Draws the label above the field instead of hiding it. */
  readonly isLabelShown?: boolean;
  readonly isClearable?: boolean;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

/** A line of text. `value` has to follow `onChange` at once: a late one breaks what an input method composes. */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, onSubmit, icon: Icon, className, ...others } = props;
  const { isLabelShown, isClearable, inputRef, ...rest } = others;
  const words = useControlWords();
  const ownRef = useRef<HTMLInputElement>(null);
  const input = inputRef ?? ownRef;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    rest.onKeyDown?.(event);
    if (event.defaultPrevented || isOfInputMethod(event)) return;
    if (event.key === 'Enter') onSubmit?.(event.currentTarget.value);
    if (event.key === 'Escape' && isClearable && value !== '') {
      event.stopPropagation();
      onChange('');
    }
  };

  return (
    <label className={classNames(styles['field'], className)}>
      <span className={isLabelShown ? styles['label'] : 'visually-hidden'}>{label}</span>
      <span className={styles['box']}>
        {Icon && <Icon size={16} strokeWidth={1.75} aria-hidden className={styles['icon']} />}
        <input
          spellCheck={false}
          autoComplete="off"
          {...rest}
          ref={input}
          className={styles['input']}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {isClearable && value !== '' && (
          <button
            type="button"
            tabIndex={-1}
            aria-label={words.clear}
            className={styles['clear']}
            onClick={() => {
              onChange('');
              input.current?.focus();
            }}
          >
            <X size={14} aria-hidden />
          </button>
        )}
      </span>
    </label>
  );
}

/** Keys that belong to a conversion: Safari and old Chromium report them only by code 229. */
export function isOfInputMethod(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.nativeEvent.keyCode === 229;
}
