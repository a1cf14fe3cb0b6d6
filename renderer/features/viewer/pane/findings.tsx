import { TriangleAlert } from 'lucide-react';
import type { ImageStack } from '#renderer/imaging/index.ts';
import { findingText, shortFindingText } from '../finding-text.ts';
import { useLanguage } from '#renderer/i18n/index.ts';
import styles from './findings.module.css';

/** True of the image and to be expected of its kind: nothing to warn of. */
const EXPECTED: ReadonlySet<string> = new Set([
  'not-tomographic',
  'time-series',
  'too-few-slices',
  'colour',
  'gaps-between-slices',
]);

/** Geometry to be careful with, at the image it belongs to, and at everything that was computed from it. */
export function Findings({ stack }: { stack: ImageStack }) {
  useLanguage();
  const shown = stack.source.geometry.findings.filter(({ code }) => !EXPECTED.has(code));
  if (shown.length === 0) return null;
  return (
    <ul className={styles['findings']}>
      {shown.map((finding) => (
        <li key={finding.code} data-finding={finding.code} title={findingText(finding)}>
          <TriangleAlert size={12} aria-hidden />
          {shortFindingText(finding)}
        </li>
      ))}
    </ul>
  );
}
