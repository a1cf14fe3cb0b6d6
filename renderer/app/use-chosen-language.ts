import { useEffect } from 'react';
import { useBackend } from '#renderer/backend/use-backend.tsx';
import { chooseLanguage } from '#renderer/i18n/chosen-language.ts';
import type { Language } from '#renderer/i18n/index.ts';

/** Follows the language when it is changed in the settings, in whichever window. */
export function useChosenLanguage(): void {
  const { settings } = useBackend();
  useEffect(() => {
    let known: Language | undefined;
    void settings
      .get({})
      .then(({ language }) => (known ??= language))
      .catch(() => undefined);
    return settings.on('settingsChanged', ({ language }) => {
      // Other settings change as well; the start link's language holds until somebody changes this one.
      if (known !== undefined && language !== known) chooseLanguage(language);
      known = language;
    });
  }, [settings]);
}
