import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { showToast } from '#renderer/ui/toast.tsx';
import type { StudySummary } from '#shared/contract/study.ts';
import type { StudyKey } from '#shared/domain/identifiers.ts';

export interface StudyActions {
  readonly setPinned: (studyKeys: readonly StudyKey[], isPinned: boolean) => void;
  readonly markUnread: (studyKeys: readonly StudyKey[]) => void;
  /** Asks for a reason first. */
  readonly askToDelete: (studyKeys: readonly StudyKey[], known: readonly StudySummary[]) => void;
  /** What the question is about; undefined while none is open. */
  readonly toDelete: DeleteQuestion | undefined;
  readonly deleteNow: (reason: string) => void;
  readonly keep: () => void;
}

export interface DeleteQuestion {
  readonly studyKeys: readonly StudyKey[];
  /** Those of them whose rows are here. */
  readonly known: readonly StudySummary[];
}

/** What can be done to studies of the list; failures are told as sentences. */
export function useStudyActions(): StudyActions {
  const { t } = useTranslation('worklist');
  const { archive } = useBackend();
  const [toDelete, setToDelete] = useState<DeleteQuestion>();
  return useMemo(() => {
    const attempt = (work: Promise<unknown>, onDone?: () => void) =>
      void work.then(onDone, (error: unknown) =>
        showToast({ kind: 'problem', title: t('failed'), text: errorText(error) }),
      );
    return {
      toDelete,
      setPinned: (studyKeys, isPinned) => attempt(archive.setPinned({ studyKeys: [...studyKeys], isPinned })),
      markUnread: (studyKeys) => attempt(archive.markUnread({ studyKeys: [...studyKeys] })),
      askToDelete: (studyKeys, known) => {
        if (studyKeys.length > 0) setToDelete({ studyKeys, known });
      },
      keep: () => setToDelete(undefined),
      deleteNow: (reason) => {
        if (!toDelete) return;
        const studyKeys = [...toDelete.studyKeys];
        setToDelete(undefined);
        attempt(archive.deleteStudies({ studyKeys, reason }), () =>
          showToast({
            kind: 'done',
            title: t('delete.done', { count: studyKeys.length }),
            text: t('delete.doneText'),
            action: {
              label: t('delete.undo'),
              run: () => attempt(archive.restoreStudies({ studyKeys })),
            },
          }),
        );
      },
    };
  }, [archive, t, toDelete]);
}
