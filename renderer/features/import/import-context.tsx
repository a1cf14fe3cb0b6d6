import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { shell } from '#renderer/backend/shell.ts';
import type { ImportSource } from '#renderer/backend/shell.ts';
import { useBackend, useCall } from '#renderer/backend/use-backend.tsx';
import { errorText } from '#renderer/i18n/error-text.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { showToast } from '#renderer/ui/toast.tsx';
import type { ImportProgress } from '#shared/contract/import.ts';
import { importViews } from './import-view.ts';
import type { ImportView } from './import-view.ts';
import { UploadQueue } from './upload-queue.ts';
import { useUploadStore } from './upload-store.ts';

export interface ImportActions {
  readonly chooseFolder: () => void;
  readonly chooseFiles: () => void;
  readonly loadSample: () => void;
  readonly importSource: (source: ImportSource) => void;
  readonly cancel: (view: ImportView) => void;
}

interface Importing {
  readonly views: readonly ImportView[];
  readonly actions: ImportActions;
  readonly isPanelOpen: boolean;
  readonly setPanelOpen: (isOpen: boolean) => void;
}

const ImportContext = createContext<Importing | undefined>(undefined);

export function useImporting(): Importing {
  const importing = useContext(ImportContext);
  if (!importing) throw new Error('no ImportProvider around this component');
  return importing;
}

export interface ImportProviderProps {
  /** Whether a new import may show its panel by itself; over images it may not. */
  readonly mayShowPanel: boolean;
  readonly children: ReactNode;
}

/** Every import of this workstation, whoever started it. Put one around the application. */
export function ImportProvider({ mayShowPanel, children }: ImportProviderProps) {
  const [isPanelOpen, setPanelOpen] = useState(false);
  const onStarted = useCallback(() => {
    if (mayShowPanel) setPanelOpen(true);
  }, [mayShowPanel]);
  const actions = useImportActions(onStarted);
  const views = useImportViews();
  const importing = useMemo(
    () => ({ views, actions, isPanelOpen, setPanelOpen }),
    [views, actions, isPanelOpen],
  );
  return <ImportContext value={importing}>{children}</ImportContext>;
}

function useImportActions(onStarted: () => void): ImportActions {
  const { t } = useTranslation('import');
  const language = useLanguage();
  const { archive } = useBackend();
  const queryClient = useQueryClient();
  const [queue] = useState(() => new UploadQueue(archive));
  useQueueLife(queue);
  return useMemo(() => {
    const attempt = (work: Promise<unknown>) =>
      void work
        .catch((error: unknown) => showToast({ kind: 'problem', title: t('failed'), text: errorText(error) }))
        .finally(() => void queryClient.invalidateQueries({ queryKey: ['archive', 'listImports'] }));
    const importSource = (source: ImportSource) => {
      onStarted();
      if (source.kind === 'upload') queue.add(source);
      else attempt(archive.startImport({ paths: [...source.paths] }));
    };
    const choose = (chosen: Promise<ImportSource | undefined>) =>
      attempt(chosen.then((source) => source && importSource(source)));
    return {
      chooseFolder: () => choose(shell.chooseFolder()),
      chooseFiles: () => choose(shell.chooseFiles()),
      loadSample: () => {
        onStarted();
        attempt(archive.loadSampleStudy({ language }));
      },
      importSource,
      cancel: ({ uploadId, jobId }) => {
        if (uploadId !== undefined) queue.cancel(uploadId);
        if (jobId !== undefined) attempt(archive.cancelImport({ jobId }));
      },
    };
  }, [archive, queryClient, queue, onStarted, t, language]);
}

/** Warns before files on their way are lost, and after a reload ends what can no longer go on. */
function useQueueLife(queue: UploadQueue): void {
  const { t } = useTranslation('import');
  useEffect(() => {
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (queue.isBusy) event.preventDefault();
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => window.removeEventListener('beforeunload', onBeforeUnload);
  }, [queue]);
  useEffect(() => {
    void queue
      .endInterrupted()
      .then((count) => {
        if (count > 0) showToast({ kind: 'problem', title: t('interrupted'), text: t('interruptedText') });
      })
      .catch(() => undefined);
  }, [queue, t]);
}

function useImportViews(): readonly ImportView[] {
  const { archive } = useBackend();
  const queryClient = useQueryClient();
  const { data } = useCall('archive', 'listImports', {});
  const uploads = useUploadStore((state) => state.uploads);
  const [progressOf, setProgressOf] = useState<ReadonlyMap<string, ImportProgress>>(new Map());
  useEffect(
    () =>
      archive.on('importProgressed', ({ jobId, ...progress }) => {
        setProgressOf((known) => {
          // Started elsewhere, for instance from the command line.
          if (!known.has(jobId)) void queryClient.invalidateQueries({ queryKey: ['archive', 'listImports'] });
          return new Map(known).set(jobId, progress);
        });
      }),
    [archive, queryClient],
  );
  return useMemo(() => importViews(data?.imports ?? [], progressOf, uploads), [data, progressOf, uploads]);
}
