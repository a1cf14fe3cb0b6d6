import type { Distinction } from '#shared/dicom/series/partial-group.ts';
import { textIfAny } from '../texts.ts';

/** What sets a stack apart from the others of its series. */
export function distinctionText({ code, value }: Distinction): string {
  // Some have a word for each of their values, others one sentence for all.
  const sentence = `imaging:distinction.${code}`;
  return textIfAny(`${sentence}.${value}`) ?? textIfAny(sentence, { value }) ?? value;
}
