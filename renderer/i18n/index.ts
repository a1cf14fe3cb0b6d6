import { createInstance } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { texts } from './namespaces.ts';

export const languages = ['ja', 'en'] as const;
export type Language = (typeof languages)[number];

export const i18n = createInstance();

/** Starts with every text in memory, so that no screen ever waits for its words. */
export function startTexts(language: Language): void {
  void i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'ja',
    ns: Object.keys(texts.ja),
    defaultNS: 'app',
    resources: texts,
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
  });
  document.documentElement.lang = language;
  document.title = i18n.t('app:productName');
}

/** Switches every text on the screen at once. */
export function switchLanguage(language: Language): void {
  void i18n.changeLanguage(language);
  // Japanese and Chinese share code points but not glyphs: the element decides which are drawn.
  document.documentElement.lang = language;
  document.title = i18n.t('app:productName');
}

export function currentLanguage(): Language {
  return asLanguage(i18n.language) ?? 'ja';
}

/** The language of the screen; components that use it are drawn again when it changes. */
export function useLanguage(): Language {
  useTranslation();
  return currentLanguage();
}

export function asLanguage(text: string | null | undefined): Language | undefined {
  return languages.find((language) => language === text);
}
