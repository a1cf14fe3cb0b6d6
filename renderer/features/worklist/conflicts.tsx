import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conflict, StudySummary } from '#shared/contract/study.ts';
import { useCall } from '#renderer/backend/use-backend.tsx';
import { formatBytes, formatMoment } from '#renderer/i18n/format.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { Table } from '#renderer/ui/table.tsx';
import styles from './details-panel.module.css';

/** Files that claim to be an image that is here already, with other content. */
export function Conflicts({ study }: { study: StudySummary }) {
  const { t } = useTranslation('worklist');
  const [isOpen, setOpen] = useState(false);
  return (
    <section role="alert" className={styles['warning']}>
      <TriangleAlert size={16} aria-hidden />
      <div>
        <p>{t('conflicts.text', { count: study.conflictCount })}</p>
        <Button onClick={() => setOpen(true)}>{t('conflicts.show')}</Button>
      </div>
      {isOpen && <ConflictsDialog study={study} onClose={() => setOpen(false)} />}
    </section>
  );
}

function ConflictsDialog({ study, onClose }: { study: StudySummary; onClose: () => void }) {
  const { t } = useTranslation('worklist');
  const { data } = useCall('archive', 'listConflicts', { studyKey: study.studyKey });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="wide"
      title={t('conflicts.title')}
      description={t('conflicts.what')}
    >
      {data?.conflicts.map((conflict) => (
        <section key={conflict.conflictKey} className={styles['conflict']}>
          <h3>{`${formatMoment(conflict.receivedAtMs)} · ${formatBytes(conflict.byteCount)}`}</h3>
          <p className={styles['uid']}>{conflict.sopUid}</p>
          <Differences conflict={conflict} />
        </section>
      ))}
    </Dialog>
  );
}

function Differences({ conflict }: { conflict: Conflict }) {
  const { t } = useTranslation('worklist');
  if (conflict.differences.length === 0) return <p>{t('conflicts.pixelsOnly')}</p>;
  return (
    <Table
      label={t('conflicts.differences')}
      rows={conflict.differences}
      rowKey={({ tag }) => tag}
      columns={[
        {
          id: 'tag',
          header: t('conflicts.tag'),
          cell: ({ tag }) => `(${tag.slice(0, 4)},${tag.slice(4)})`,
        },
        { id: 'archived', header: t('conflicts.archived'), cell: ({ archived }) => archived },
        { id: 'arrived', header: t('conflicts.arrived'), cell: ({ arrived }) => arrived },
      ]}
    />
  );
}
