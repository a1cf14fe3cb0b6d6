import { useTranslation } from 'react-i18next';
import { Select } from '#renderer/ui/select.tsx';
import { Setting } from './setting.tsx';
import { useSettings } from './use-settings.ts';

export function ReadingSection() {
  const { t } = useTranslation('settings');
  const [settings, change] = useSettings();
  if (!settings) return null;
  return (
    <>
      <Setting title={t('reading.drag')} text={t('reading.dragText')}>
        <Select
          label={t('reading.drag')}
          value={settings.windowingDragDirection}
          options={[
            { value: 'standard', label: t('reading.dragStandard') },
            { value: 'inverted', label: t('reading.dragInverted') },
          ]}
          onChange={(windowingDragDirection) => change({ windowingDragDirection })}
        />
      </Setting>
      <Setting title={t('reading.side')} text={t('reading.sideText')}>
        <Select
          label={t('reading.side')}
          value={settings.currentSideOfPrior}
          options={[
            { value: 'left', label: t('reading.sideLeft') },
            { value: 'right', label: t('reading.sideRight') },
          ]}
          onChange={(currentSideOfPrior) => change({ currentSideOfPrior })}
        />
      </Setting>
    </>
  );
}
