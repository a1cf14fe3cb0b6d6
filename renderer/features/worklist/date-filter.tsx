import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Popover } from '#renderer/ui/popover.tsx';
import { TextField } from '#renderer/ui/text-field.tsx';
import styles from './toolbar.module.css';
import { datePresets, parseTypedDate } from './worklist-query.ts';
import type { WorklistQuery } from './worklist-query.ts';

export interface DateFilterProps {
  readonly query: WorklistQuery;
  readonly onChange: (change: Partial<WorklistQuery>) => void;
}

/** Days as one row of buttons; the last one asks for a range. */
export function DateFilter({ query, onChange }: DateFilterProps) {
  const { t } = useTranslation('worklist');
  const isRange = query.date === 'range';
  return (
    <div className={styles['group']} role="group" aria-label={t('filter.date')}>
      {datePresets
        .filter((preset) => preset !== 'range')
        .map((preset) => (
          <button
            key={preset}
            type="button"
            className={styles['toggle']}
            aria-pressed={query.date === preset}
            onClick={() => onChange({ date: preset })}
          >
            {t(`filter.dates.${preset}`)}
          </button>
        ))}
      <Popover
        trigger={
          <button type="button" className={styles['toggle']} aria-pressed={isRange}>
            {isRange && (query.from !== '' || query.to !== '')
              ? `${dashed(query.from)} – ${dashed(query.to)}`
              : t('filter.dates.range')}
          </button>
        }
        title={t('filter.rangeTitle')}
      >
        <Range query={query} onChange={onChange} />
      </Popover>
    </div>
  );
}

function Range({ query, onChange }: DateFilterProps) {
  const { t } = useTranslation('worklist');
  const field = (end: 'from' | 'to') => (
    <DateField
      label={t(`filter.${end}`)}
      value={query.date === 'range' ? query[end] : ''}
      onChange={(day) => onChange({ date: 'range', [end]: day })}
    />
  );
  return (
    <div className={styles['range']}>
      {field('from')}
      <span className={styles['until']}>–</span>
      {field('to')}
      <p className={styles['hint']}>{t('filter.rangeHint')}</p>
    </div>
  );
}

interface DateFieldProps {
  readonly label: string;
  /** YYYYMMDD or empty. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A typed date: the browser's own picker shows the order of the system's language, not year-month-day. */
function DateField({ label, value, onChange }: DateFieldProps) {
  const [text, setText] = useState(dashed(value));
  const isWrong = text.trim() !== '' && parseTypedDate(text) === undefined;
  return (
    <TextField
      label={label}
      isLabelShown
      placeholder="2026-02-14"
      inputMode="numeric"
      value={text}
      aria-invalid={isWrong}
      onChange={(typed) => {
        setText(typed);
        const day = typed.trim() === '' ? '' : parseTypedDate(typed);
        if (day !== undefined) onChange(day);
      }}
      onBlur={() => setText(dashed(value))}
    />
  );
}

function dashed(day: string): string {
  return day === '' ? '' : `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}
