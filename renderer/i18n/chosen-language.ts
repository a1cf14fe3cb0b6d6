import { asLanguage, switchLanguage } from './index.ts';
import type { Language } from './index.ts';

const PARAMETER = 'lang';

/** The language the start link names, if it names one. */
export function languageOfLink(): Language | undefined {
  return asLanguage(new URLSearchParams(window.location.search).get(PARAMETER));
}

/** A person has chosen: from now on that holds, also after a reload, whatever the start link said. */
export function chooseLanguage(language: Language): void {
  switchLanguage(language);
  const url = new URL(window.location.href);
  url.searchParams.delete(PARAMETER);
  window.history.replaceState(window.history.state, '', url);
}
