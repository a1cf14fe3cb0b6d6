import { ChevronDown } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '#renderer/i18n/index.ts';
import type { StackView } from '#renderer/imaging/index.ts';
import { Menu } from '#renderer/ui/menu.tsx';
import type { MenuItem } from '#renderer/ui/menu.tsx';
import { useActiveController, useObserved, useSession } from '../use-session.ts';
import { windowPresets, windowText } from '../window-presets.ts';
import styles from './toolbar.module.css';

/** The window of the active pane, and the presets behind it with the keys that always mean them. */
export function WindowMenu() {
  const controller = useActiveController();
  return controller ? <ActiveWindow view={controller.view} /> : null;
}

function ActiveWindow({ view }: { view: StackView }) {
  const { t } = useTranslation('viewer');
  const language = useLanguage();
  const session = useSession();
  const { window, voiChoice, image } = useObserved(view.state);
  const offered = image?.description.voi.windows ?? [];
  const file = offered.map((each, index): MenuItem => ({
    id: `file${index}`,
    label: [each.explanation || t('toolbar.fileWindow', { number: index + 1 }), windowText(each)].join('  '),
    isChecked: voiChoice.kind === 'file' && voiChoice.index === index,
    run: () => view.setVoi({ kind: 'file', index }),
  }));
  const presets = windowPresets.map((preset): MenuItem => ({
    id: preset.id,
    label: `${preset.name[language]}  ${windowText(preset)}`,
    binding: preset.digit === null ? undefined : `Digit${preset.digit}`,
    isChecked: window?.width === preset.width && window.centre === preset.centre,
    run: () => session.setWindow({ width: preset.width, centre: preset.centre }),
  }));
  const initial: MenuItem = {
    id: 'initial',
    label: t('commands.window0'),
    binding: 'Digit0',
    run: () => session.resetWindow(),
  };
  return (
    <Menu
      trigger={
        <button
          type="button"
          className={styles['text']}
          aria-haspopup="menu"
          title={t('toolbar.presets')}
          data-testid="window"
        >
          <span style={{ minWidth: 118 }}>{window ? windowText(window) : '–'}</span>
          <ChevronDown size={14} aria-hidden />
        </button>
      }
      groups={[[initial], file, presets].filter((group) => group.length > 0)}
    />
  );
}
