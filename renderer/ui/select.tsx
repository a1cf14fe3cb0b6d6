import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { classNames } from './class-names.ts';
import popup from './popup.module.css';
import styles from './select.module.css';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Stands right-aligned behind the label, for instance a count. */
  readonly detail?: string;
}

export interface SelectProps<Value extends string> {
  readonly label: string;
  readonly options: readonly SelectOption<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly isLabelShown?: boolean;
  readonly isDisabled?: boolean;
  readonly className?: string;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, options, value, onChange, isLabelShown, isDisabled, className } = props;
  return (
    <Base.Root
      items={options.map(({ value: key, label: text }) => ({ value: key, label: text }))}
      value={value}
      onValueChange={(chosen) => {
        if (chosen !== null) onChange(chosen);
      }}
      disabled={isDisabled ?? false}
    >
      <div className={classNames(styles['field'], className)}>
        {isLabelShown && <Base.Label className={styles['label']}>{label}</Base.Label>}
        <Base.Trigger className={styles['trigger']} {...(!isLabelShown && { 'aria-label': label })}>
          <Base.Value className={styles['value']} />
          <Base.Icon className={styles['icon']}>
            <ChevronsUpDown size={14} aria-hidden />
          </Base.Icon>
        </Base.Trigger>
      </div>
      <Base.Portal>
        <Base.Positioner
          className={popup['positioner']}
          sideOffset={4}
          alignItemWithTrigger={false}
          align="start"
        >
          <Base.Popup className={popup['popup']}>
            <Base.List className={popup['list']}>
              {options.map((option) => (
                <Base.Item key={option.value} value={option.value} className={popup['item']}>
                  <span className={popup['mark']}>
                    <Base.ItemIndicator>
                      <Check size={14} aria-hidden />
                    </Base.ItemIndicator>
                  </span>
                  <Base.ItemText className={popup['text']}>{option.label}</Base.ItemText>
                  {option.detail !== undefined && <span className={popup['detail']}>{option.detail}</span>}
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
