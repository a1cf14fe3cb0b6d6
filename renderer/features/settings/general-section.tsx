import { useTranslation } from 'react-i18next';
import { chooseLanguage } from '#renderer/i18n/chosen-language.ts';
import { asLanguage, useLanguage } from '#renderer/i18n/index.ts';
import { Select } from '#renderer/ui/select.tsx';
import { Setting } from './setting.tsx';
import { useSettings } from './use-settings.ts';

export function GeneralSection() {
  const { t } = useTranslation('settings');
  const language = useLanguage();
  const [, change] = useSettings();
  return (
    <Setting title={t('general.language')} text={t('general.languageText')}>
      <Select
        label={t('general.language')}
        value={language}
        options={[
          // Each in its own language, so that it is found by who needs it.
          { value: 'ja', label: '日本語' },
          { value: 'en', label: 'English' },
        ]}
        onChange={(chosen) => {
          const next = asLanguage(chosen);
          if (!next) return;
          chooseLanguage(next);
          change({ language: next });
        }}
      />
    </Setting>
  );
}
