import { data } from 'dcmjs';

const { dictionary } = data.DicomMetaDictionary;

/** dcmjs writes VRs that depend on other attributes in lower case; these are their usual meanings. */
const ambiguous: Readonly<Record<string, string>> = { ox: 'OW', xs: 'US', lt: 'OW', up: 'UL' };

/** Value representation of a standard tag ('x00100010'), PS3.6; undefined for private and unknown ones. */
export function vrOf(tag: string): string | undefined {
  const vr = dictionary[`(${tag.slice(1, 5)},${tag.slice(5)})`.toUpperCase()]?.vr;
  return vr === undefined ? undefined : (ambiguous[vr] ?? vr);
}
