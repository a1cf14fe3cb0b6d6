import type { Finding } from '#shared/dicom/series/finding.ts';
import { textIfAny } from './texts.ts';

/** The whole sentence of a finding, with its numbers. */
export function findingText({ code, values }: Finding): string {
  return textIfAny(`imaging:finding.${code}`, values) ?? code;
}

/** A few words for the place beside the image. */
export function shortFindingText(finding: Finding): string {
  const rounded = Object.fromEntries(
    Object.entries(finding.values).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toFixed(1)) : String(value),
    ]),
  );
  return textIfAny(`viewer:finding.${finding.code}`, rounded) ?? findingText(finding);
}
