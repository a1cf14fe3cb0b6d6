import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '#renderer/i18n/format.ts';
import { Checkbox } from '#renderer/ui/checkbox.tsx';
import { Popover } from '#renderer/ui/popover.tsx';
import styles from './toolbar.module.css';

export interface FacilityFilterProps {
  readonly chosen: readonly string[];
  readonly counts: readonly { readonly facility: string; readonly count: number }[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function FacilityFilter({ chosen, counts, onChange }: FacilityFilterProps) {
  const { t } = useTranslation('worklist');
  // What is chosen stays in the list even when nothing is left of it.
  const missing = chosen.filter((name) => !counts.some(({ facility }) => facility === name));
  const choices = [...counts, ...missing.map((facility) => ({ facility, count: 0 }))];
  const toggle = (facility: string, isChosen: boolean) =>
    onChange(isChosen ? [...chosen, facility] : chosen.filter((name) => name !== facility));
  const [only] = chosen;
  return (
    <Popover
      trigger={
        <button type="button" className={styles['toggle']} aria-pressed={chosen.length > 0}>
          {chosen.length === 1 && only !== undefined
            ? only || t('filter.noFacility')
            : chosen.length === 0
              ? t('filter.facilityAll')
              : t('filter.facility', { count: chosen.length })}
          <ChevronDown size={14} aria-hidden />
        </button>
      }
      title={t('filter.facilityTitle')}
    >
      <div className={styles['choices']}>
        {choices.length === 0 && <p>{t('filter.noFacilities')}</p>}
        {choices.map(({ facility, count }) => (
          <div key={facility} className={styles['choice']}>
            <Checkbox
              label={facility || t('filter.noFacility')}
              isChecked={chosen.includes(facility)}
              onChange={(isChosen) => toggle(facility, isChosen)}
            />
            <span className={styles['count']}>{formatCount(count)}</span>
          </div>
        ))}
      </div>
    </Popover>
  );
}
