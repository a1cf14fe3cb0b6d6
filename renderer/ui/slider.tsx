import { Slider as Base } from '@base-ui/react/slider';
import styles from './slider.module.css';

export interface SliderProps {
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly step?: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** What stands beside it, with its unit: '5 mm'. */
  readonly shownValue?: string;
  readonly isLabelShown?: boolean;
}

export function Slider(props: SliderProps) {
  const { label, minimum, maximum, step = 1, value, onChange, shownValue, isLabelShown } = props;
  return (
    <Base.Root min={minimum} max={maximum} step={step} value={value} onValueChange={onChange}>
      <div className={styles['field']}>
        {isLabelShown && <Base.Label className={styles['label']}>{label}</Base.Label>}
        <Base.Control className={styles['control']}>
          <Base.Track className={styles['track']}>
            <Base.Indicator className={styles['indicator']} />
            <Base.Thumb
              className={styles['thumb']}
              {...(!isLabelShown && { 'aria-label': label })}
              {...(shownValue !== undefined && { getAriaValueText: () => shownValue })}
            />
          </Base.Track>
        </Base.Control>
        <output className={styles['value']}>{shownValue ?? value}</output>
      </div>
    </Base.Root>
  );
}
