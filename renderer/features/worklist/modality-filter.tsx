import { useTranslation } from 'react-i18next';
import { formatCount } from '#renderer/i18n/format.ts';
import styles from './toolbar.module.css';

export interface ModalityFilterProps {
  readonly chosen: readonly string[];
  readonly counts: readonly { readonly modality: string; readonly count: number }[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** One chip per modality, in alphabetical order: chips that change places with every import cannot be learnt. */
export function ModalityFilter({ chosen, counts, onChange }: ModalityFilterProps) {
  const { t } = useTranslation('worklist');
  const counted = new Map(counts.map(({ modality, count }) => [modality, count]));
  const modalities = [...new Set([...counted.keys(), ...chosen])]
    .filter((modality) => modality !== '')
    .toSorted();
  return (
    <div className={styles['chips']} role="group" aria-label={t('filter.modality')}>
      {modalities.map((modality) => {
        const isChosen = chosen.includes(modality);
        return (
          <button
            key={modality}
            type="button"
            className={styles['toggle']}
            aria-pressed={isChosen}
            onClick={() =>
              onChange(isChosen ? chosen.filter((name) => name !== modality) : [...chosen, modality])
            }
          >
            {modality}
            <span className={styles['count']}>{formatCount(counted.get(modality) ?? 0)}</span>
          </button>
        );
      })}
    </div>
  );
}
