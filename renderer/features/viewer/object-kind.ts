import type { ViewerTexts } from './texts.ts';

const known = [
  'SR',
  'PR',
  'KO',
  'SEG',
  'RTSTRUCT',
  'RTPLAN',
  'RTDOSE',
  'REG',
  'DOC',
  'ECG',
  'HD',
  'ANN',
] as const;

/** What a series without images is, in words. */
export function objectKindText(modality: string, t: ViewerTexts): string {
  const kind = known.find((each) => each === modality);
  return kind ? t(`objects.${kind}`) : t('objects.other', { modality: modality === '' ? '?' : modality });
}
