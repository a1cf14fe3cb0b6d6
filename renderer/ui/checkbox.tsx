import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './checkbox.module.css';

export interface CheckboxProps {
  readonly label: ReactNode;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  /** Some but not all of what it stands for. */
  readonly isMixed?: boolean;
  readonly isDisabled?: boolean;
}

export function Checkbox({ label, isChecked, onChange, isMixed, isDisabled }: CheckboxProps) {
  return (
    <label className={styles['field']} data-disabled={isDisabled || undefined}>
      <Base.Root
        checked={isChecked}
        indeterminate={isMixed ?? false}
        onCheckedChange={onChange}
        disabled={isDisabled ?? false}
        className={styles['box']}
      >
        <Base.Indicator className={styles['mark']}>
          {isMixed ? <Minus size={12} aria-hidden /> : <Check size={12} strokeWidth={3} aria-hidden />}
        </Base.Indicator>
      </Base.Root>
      <span>{label}</span>
    </label>
  );
}
