/** DICOM PS3.6 table A-1, as far as data sets can be read by us. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  readonly encapsulated: boolean;
  /** Whether pixels come back exactly as they were before compression, as far as the UID tells. */
  readonly lossy: boolean;
}

const native = (uid: string, name: string, explicitVr: boolean, littleEndian = true, deflated = false) => ({
  uid,
  name,
  explicitVr,
  littleEndian,
  deflated,
  encapsulated: false,
  lossy: false,
});

const encapsulated = (uid: string, name: string, lossy: boolean) => ({
  uid,
  name,
  explicitVr: true,
  littleEndian: true,
  deflated: false,
  encapsulated: true,
  lossy,
});

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

const transferSyntaxes: readonly TransferSyntax[] = [
  native(IMPLICIT_LITTLE_ENDIAN, 'Implicit VR Little Endian', false),
  native(EXPLICIT_LITTLE_ENDIAN, 'Explicit VR Little Endian', true),
  native(DEFLATED_EXPLICIT_LITTLE_ENDIAN, 'Deflated Explicit VR Little Endian', true, true, true),
  native(EXPLICIT_BIG_ENDIAN, 'Explicit VR Big Endian', true, false),
  encapsulated('1.2.840.10008.1.2.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', false),
  encapsulated('1.2.840.10008.1.2.4.50', 'JPEG Baseline (Process 1)', true),
  encapsulated('1.2.840.10008.1.2.4.51', 'JPEG Extended (Process 2 & 4)', true),
  encapsulated('1.2.840.10008.1.2.4.53', 'JPEG Spectral Selection (Process 6 & 8)', true),
  encapsulated('1.2.840.10008.1.2.4.55', 'JPEG Full Progression (Process 10 & 12)', true),
  encapsulated('1.2.840.10008.1.2.4.57', 'JPEG Lossless (Process 14)', false),
  encapsulated('1.2.840.10008.1.2.4.70', 'JPEG Lossless (Process 14 SV1)', false),
  encapsulated('1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless', false),
  encapsulated('1.2.840.10008.1.2.4.81', 'JPEG-LS Near-Lossless', true),
  encapsulated('1.2.840.10008.1.2.4.90', 'JPEG 2000 Lossless', false),
  encapsulated('1.2.840.10008.1.2.4.91', 'JPEG 2000', true),
  encapsulated('1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000 Lossless', false),
  encapsulated('1.2.840.10008.1.2.4.202', 'High-Throughput JPEG 2000 RPCL Lossless', false),
  encapsulated('1.2.840.10008.1.2.4.203', 'High-Throughput JPEG 2000', true),
  encapsulated('1.2.840.10008.1.2.5', 'RLE Lossless', false),
];

const byUid = new Map(transferSyntaxes.map((syntax) => [syntax.uid, syntax]));

/** Undefined for syntaxes whose data sets we can still store but whose pixels we cannot decode. */
export function knownTransferSyntax(uid: string): TransferSyntax | undefined {
  return byUid.get(uid);
}

/**
 * How to read the data set of a syntax. Every encapsulated syntax DICOM has defined, and will
 * define, uses explicit VR little endian (PS3.5 section A.4), so unknown ones are read that way.
 */
export function transferSyntaxForReading(uid: string): TransferSyntax {
  return byUid.get(uid) ?? { ...encapsulated(uid, uid, false) };
}
