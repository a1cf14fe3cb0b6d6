/**
 * VR of a standard tag ('x00100010'), DICOM PS3.6. Where it depends on other attributes, all candidates
 * as PS3.6 writes them: 'US or SS', 'OB or OW', 'US or OW'. Undefined for private and unknown tags.
 */
export type VrLookup = (tag: string) => string | undefined;

/** VRs whose explicit header has two reserved bytes and a 32-bit length; PS3.5 section 7.1.2. */
const longLengthVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

const shortLengthVrs = new Set([
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FD',
  'FL',
  'IS',
  'LO',
  'LT',
  'PN',
  'SH',
  'SL',
  'SS',
  'ST',
  'TM',
  'UI',
  'UL',
  'US',
]);

/** Bytes that a big endian file swaps together. */
const wordBytes: Readonly<Record<string, number>> = {
  AT: 2,
  OW: 2,
  SS: 2,
  US: 2,
  FL: 4,
  OF: 4,
  OL: 4,
  SL: 4,
  UL: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
};

export function isKnownVr(vr: string): boolean {
  return shortLengthVrs.has(vr) || longLengthVrs.has(vr);
}

export function hasLongLength(vr: string): boolean {
  return longLengthVrs.has(vr);
}

/** 1 for texts and bytes, whose order never changes. */
export function wordBytesOf(vr: string): number {
  return wordBytes[vr] ?? 1;
}

/**
 * VR of a tag in implicit VR, where the file does not say it; PS3.5 annex A.1.
 *
 * @param isSigned Pixel Representation (0028,0103) of the data set or of what holds it
 */
export function implicitVr(tag: string, vrOf: VrLookup, isSigned: boolean): string {
  const vr = vrOf(tag);
  if (vr === undefined) return unknownTagVr(tag);
  if (vr === 'US or SS') return isSigned ? 'SS' : 'US';
  return vr === 'OB or OW' || vr === 'US or OW' ? 'OW' : vr;
}

/** PS3.5 sections 7.2 and 7.8.1: group lengths and private creators have a fixed VR. */
function unknownTagVr(tag: string): string {
  if (tag.endsWith('0000')) return 'UL';
  const isPrivate = (Number.parseInt(tag.slice(4, 5), 16) & 1) === 1;
  return isPrivate && /^00[1-9a-f][0-9a-f]$/.test(tag.slice(5)) ? 'LO' : 'UN';
}
