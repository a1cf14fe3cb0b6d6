import type { ParseKeys } from 'i18next';
import { i18n, languages } from './index.ts';
import type { Language } from './index.ts';
import type { texts } from './namespaces.ts';

/** 'namespace:key' */
export type TextKey = Extract<ParseKeys<(keyof (typeof texts)['ja'])[]>, `${string}:${string}`>;

/** A command's name in the language of the screen, and in the other one so that it is found by either. */
export function commandText(key: TextKey, shown: Language): { label: string; keywords: string } {
  const text = (language: Language): string => i18n.t(key, { lng: language });
  return {
    label: text(shown),
    keywords: languages
      .filter((language) => language !== shown)
      .map(text)
      .join(' '),
  };
}
