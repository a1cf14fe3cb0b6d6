import type { useTranslation } from 'react-i18next';
import { i18n } from '#renderer/i18n/index.ts';

/** Looks texts of the viewer up, in the language of the screen. */
export type ViewerTexts = ReturnType<typeof useTranslation<'viewer'>>['t'];

/** A text whose key is made of data; undefined if there is none under it. */
export function textIfAny(key: string, values: Readonly<Record<string, unknown>> = {}): string | undefined {
  if (!i18n.exists(key, values)) return undefined;
  // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- the compiler disagrees
  return i18n.t(key as never, values);
}
