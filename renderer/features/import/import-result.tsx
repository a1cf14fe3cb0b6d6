import { CircleCheck, CircleSlash, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ImportTotals, RejectedFile } from '#shared/contract/import.ts';
import { formatBytes, formatCount, formatDuration } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { showToast } from '#renderer/ui/toast.tsx';
import styles from './import-panel.module.css';
import type { ImportView } from './import-view.ts';

/** More sentences than anybody reads; all of them are in what is copied. */
const LISTED = 200;

export interface ImportResultProps {
  readonly view: ImportView;
  readonly onShowArrivals: () => void;
}

export function ImportResult({ view, onShowArrivals }: ImportResultProps) {
  const { t } = useTranslation(['import', 'problem']);
  const { totals, unreadable } = view;
  const hasRefusals = (totals?.rejected.length ?? 0) + unreadable.length > 0;
  const kind =
    view.state === 'failed'
      ? 'failed'
      : view.state === 'cancelled'
        ? 'cancelled'
        : hasRefusals
          ? 'partly'
          : 'done';
  const Icon = { failed: TriangleAlert, cancelled: CircleSlash, partly: TriangleAlert, done: CircleCheck }[
    kind
  ];
  return (
    <div>
      <p className={styles['label']}>{view.label}</p>
      <p className={styles['outcome']} data-kind={kind}>
        <Icon size={16} aria-hidden />
        {t(`outcome.${kind}`)}
      </p>
      {view.problem !== null && <p>{t(`problem:${view.problem}`)}</p>}
      {totals && <Totals totals={totals} />}
      {totals && totals.studies > 0 && <Button onClick={onShowArrivals}>{t('showArrivals')}</Button>}
      {hasRefusals && <Refusals rejected={totals?.rejected ?? []} unreadable={unreadable} />}
    </div>
  );
}

function Totals({ totals }: { totals: ImportTotals }) {
  const { t } = useTranslation('import');
  const facts = [
    t('totals.imported', { count: totals.imported, shown: formatCount(totals.imported) }),
    t('totals.studies', { count: totals.studies, shown: formatCount(totals.studies) }),
    totals.duplicates > 0 && t('totals.duplicates', { shown: formatCount(totals.duplicates) }),
    totals.conflicts > 0 && t('totals.conflicts', { shown: formatCount(totals.conflicts) }),
    totals.restored > 0 && t('totals.restored', { shown: formatCount(totals.restored) }),
    totals.rejected.length > 0 && t('rejected', { count: totals.rejected.length }),
    formatBytes(totals.bytes),
    formatDuration(totals.seconds),
  ].filter((fact): fact is string => typeof fact === 'string');
  return <p className={styles['quiet']}>{facts.join(' · ')}</p>;
}

interface RefusalsProps {
  readonly rejected: readonly RejectedFile[];
  readonly unreadable: readonly string[];
}

/** Every file that was not taken, with the sentence that says why. */
function Refusals({ rejected, unreadable }: RefusalsProps) {
  const { t } = useTranslation(['import', 'refusal']);
  const lines = [
    ...rejected.map(({ file, code, detail }) => ({ file, sentence: t(`refusal:${code}`), detail })),
    ...unreadable.map((file) => ({ file, sentence: t('unreadable'), detail: '' })),
  ];
  const copy = () =>
    void navigator.clipboard
      .writeText(lines.map(({ file, sentence, detail }) => [file, sentence, detail].join('\t')).join('\n'))
      .then(() => showToast({ kind: 'done', title: t('copied') }));
  return (
    <details className={styles['refusals']}>
      <summary>{t('refusals', { count: lines.length })}</summary>
      <Button onClick={copy}>{t('copy')}</Button>
      <ul>
        {lines.slice(0, LISTED).map(({ file, sentence, detail }) => (
          <li key={`${file}\n${detail}`} className={styles['refusal']}>
            <p className={styles['file']}>{file}</p>
            <p>{sentence}</p>
            {detail !== '' && <p className={styles['quiet']}>{detail}</p>}
          </li>
        ))}
      </ul>
      {lines.length > LISTED && <p>{t('more', { count: lines.length - LISTED })}</p>}
    </details>
  );
}
