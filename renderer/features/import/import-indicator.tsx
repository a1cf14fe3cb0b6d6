import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { commandText } from '#renderer/i18n/command-text.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import { useCommands } from '#renderer/ui/commands/use-commands.ts';
import { Tooltip } from '#renderer/ui/tooltip.tsx';
import { useImporting } from './import-context.tsx';
import styles from './import-indicator.module.css';
import { shareDone } from './import-view.ts';

/** In the rail: how far imports are, wherever the person is; opens and closes the panel. */
export function ImportIndicator() {
  const { t } = useTranslation('import');
  const { views, isPanelOpen, setPanelOpen } = useImporting();
  useImportCommands();
  const running = views.filter(({ state }) => state === 'running' || state === 'waiting');
  const [current] = running.filter(({ state }) => state === 'running');
  const share = current ? shareDone(current) : null;
  const shown = current && (share === null ? String(current.filesDone) : `${Math.floor(share * 100)} %`);
  return (
    <Tooltip
      text={running.length > 0 ? t('runningCount', { count: running.length }) : t('title')}
      side="right"
    >
      <button
        type="button"
        className={styles['indicator']}
        aria-label={t('title')}
        aria-expanded={isPanelOpen}
        onClick={() => setPanelOpen(!isPanelOpen)}
      >
        <Download size={18} strokeWidth={1.75} aria-hidden />
        {shown !== undefined && <span className={styles['share']}>{shown}</span>}
      </button>
    </Tooltip>
  );
}

function useImportCommands(): void {
  const { t } = useTranslation('import');
  const language = useLanguage();
  const { actions } = useImporting();
  const commands = useMemo(() => {
    const group = t('title');
    return [
      {
        id: 'import.folder',
        group,
        ...commandText('import:openFolder', language),
        keys: ['Ctrl+KeyO'],
        run: actions.chooseFolder,
      },
      { id: 'import.files', group, ...commandText('import:openFiles', language), run: actions.chooseFiles },
      { id: 'import.sample', group, ...commandText('import:loadSample', language), run: actions.loadSample },
    ];
  }, [actions, language, t]);
  useCommands(commands);
}
