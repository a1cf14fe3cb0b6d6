import { data } from 'dcmjs';
import type { VrLookup } from '#shared/dicom/value-representation.ts';

const { dictionary } = data.DicomMetaDictionary;

/** dcmjs writes VRs that depend on other attributes in lower case. */
const ambiguous: Readonly<Record<string, string>> = {
  ox: 'OB or OW',
  xs: 'US or SS',
  lt: 'US or OW',
  up: 'UL',
};

/** PS3.6 2024 where dcmjs 0.52 differs. */
const corrected: Readonly<Record<string, string>> = {
  x00660040: 'OL',
  x00660041: 'OL',
  x00660042: 'OL',
  x00660043: 'OL',
  x0070150c: 'UL',
};

const known = new Map<string, string | undefined>();

export const vrOf: VrLookup = (tag) => {
  if (!known.has(tag)) known.set(tag, lookUp(tag));
  return known.get(tag);
};

function lookUp(tag: string): string | undefined {
  // Private tags are not looked up: dcmjs answers some of them without asking for their creator.
  if ((Number.parseInt(tag.slice(4, 5), 16) & 1) === 1) return undefined;
  const vr = corrected[tag] ?? dictionary[`(${tag.slice(1, 5)},${tag.slice(5)})`.toUpperCase()]?.vr;
  return vr === undefined ? undefined : (ambiguous[vr] ?? vr);
}
