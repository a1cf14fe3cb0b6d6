import type { PersonName } from '#shared/contract/study.ts';

/** The name as it is written where it is known so, else in letters. */
export function personNameText({ ideographic, alphabetic, phonetic }: PersonName): string {
  const name = ideographic !== '' ? ideographic : alphabetic !== '' ? alphabetic : phonetic;
  return name.replaceAll('^', ' ').replaceAll(/\s+/g, ' ').trim();
}

/** How the name is read; empty where it is not known or says nothing new. */
export function readingText({ ideographic, alphabetic, phonetic }: PersonName): string {
  const reading = phonetic !== '' ? phonetic : ideographic !== '' ? alphabetic : '';
  return reading.replaceAll('^', ' ').replaceAll(/\s+/g, ' ').trim();
}
