import type { Distinction } from '#shared/dicom/series/partial-group.ts';
import { textIfAny } from '../texts.ts';

/** What sets a stack apart from the others of its series. */
export function distinctionText({ code, value }: Distinction): string {
  // Some have a word for each of their values, others one sentence for all.
  const sentence = `imaging:distinction.${code}`;
  const text = textIfAny(`${sentence}.${value}`) ?? textIfAny(sentence, { value }) ?? value;
  // A value stays on one line with its unit.
  return text.replaceAll(' ', '\u00A0');
}
