import { ChevronDown, FilePlus, FolderOpen, Sparkles } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '#renderer/ui/button.tsx';
import { Menu } from '#renderer/ui/menu.tsx';
import { useImporting } from './import-context.tsx';

/** For the toolbar of the list. */
export function ImportMenu() {
  const { t } = useTranslation('import');
  const { actions } = useImporting();
  return (
    <Menu
      trigger={
        <Button icon={FolderOpen}>
          {t('menu')} <ChevronDown size={14} aria-hidden style={{ verticalAlign: '-2px' }} />
        </Button>
      }
      groups={[
        [
          {
            id: 'folder',
            label: t('openFolder'),
            icon: FolderOpen,
            binding: 'Ctrl+KeyO',
            run: actions.chooseFolder,
          },
          { id: 'files', label: t('openFiles'), icon: FilePlus, run: actions.chooseFiles },
        ],
        [{ id: 'sample', label: t('loadSample'), icon: Sparkles, run: actions.loadSample }],
      ]}
    />
  );
}

/** For an archive with nothing in it. */
export function FirstSteps() {
  const { t } = useTranslation('import');
  const { actions } = useImporting();
  return (
    <>
      <Button kind="primary" icon={Sparkles} onClick={actions.loadSample}>
        {t('loadSample')}
      </Button>
      <Button icon={FolderOpen} onClick={actions.chooseFolder}>
        {t('openFolder')}
      </Button>
      <Button icon={FilePlus} onClick={actions.chooseFiles}>
        {t('openFiles')}
      </Button>
    </>
  );
}
