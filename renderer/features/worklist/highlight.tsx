import { matchRanges } from '#shared/domain/search-text.ts';
import styles from './highlight.module.css';

/** A text with what the search found in it marked, by the folding the archive searches with. */
export function Highlight({ text, query }: { text: string; query: string }) {
  if (query.trim() === '' || text === '') return text;
  const ranges = matchRanges(text, query);
  if (ranges.length === 0) return text;
  const parts = [];
  let end = 0;
  for (const range of ranges) {
    if (range.start > end) parts.push(text.slice(end, range.start));
    parts.push(
      <mark key={range.start} className={styles['match']}>
        {text.slice(range.start, range.end)}
      </mark>,
    );
    end = range.end;
  }
  parts.push(text.slice(end));
  return parts;
}
