import { Progress as Base } from '@base-ui/react/progress';
import styles from './progress-bar.module.css';

export interface ProgressBarProps {
  readonly label: string;
  readonly done: number;
  /** Null while it is not known yet how much there is. */
  readonly total: number | null;
  /** The numbers beside it: '128 / 300'. */
  readonly shownValue: string;
  /** Further true things: speed, remaining time. */
  readonly detail?: string;
}

/** How far something is, always with numbers. */
export function ProgressBar({ label, done, total, shownValue, detail }: ProgressBarProps) {
  const isKnown = total !== null && total > 0;
  return (
    <Base.Root
      value={isKnown ? Math.min(done, total) : null}
      max={isKnown ? total : 100}
      getAriaValueText={() => shownValue}
      className={styles['root']}
    >
      <Base.Label className={styles['label']}>{label}</Base.Label>
      <span className={styles['value']}>{shownValue}</span>
      <Base.Track className={styles['track']}>
        <Base.Indicator className={styles['indicator']} />
      </Base.Track>
      {detail !== undefined && <span className={styles['detail']}>{detail}</span>}
    </Base.Root>
  );
}
