/**
 * Text without the spaces and NULs that fill a value to even length (PS3.5 section 6.2), and whatever more of
 * them a writer left. Counted, not matched: a regular expression that is anchored at the end takes a minute for
 * 100 KB of spaces with a letter behind.
 */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && isPadding(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The same, and without spaces in front, which count only in long texts. */
export function trimmed(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === SPACE) start++;
  return withoutPadding(text.slice(start));
}

const SPACE = 0x20;

function isPadding(code: number): boolean {
  return code === SPACE || code === 0;
}
