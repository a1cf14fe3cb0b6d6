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
  /** One stream for all frames (MPEG, HEVC), not one code stream for each. */
  readonly video: boolean;
}

const native = (uid: string, name: string, explicitVr: boolean, littleEndian = true, deflated = false) => ({
  uid,
  name,
  explicitVr,
  littleEndian,
  deflated,
  encapsulated: false,
  lossy: false,
  video: false,
});

const encapsulated = (uid: string, name: string, lossy: boolean) => ({
  uid,
  name,
  explicitVr: true,
  littleEndian: true,
  deflated: false,
  encapsulated: true,
  lossy,
  video: false,
});

const video = (uid: string, name: string) => ({ ...encapsulated(uid, name, true), video: true });

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_BIG_ENDIAN = '1.2.840.10008.1.2.2';

export const transferSyntaxes: readonly TransferSyntax[] = [
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
  encapsulated('1.2.840.10008.1.2.4.110', 'JPEG XL Lossless', false),
  encapsulated('1.2.840.10008.1.2.4.111', 'JPEG XL JPEG Recompression', true),
  encapsulated('1.2.840.10008.1.2.4.112', 'JPEG XL', true),
  encapsulated('1.2.840.10008.1.2.8.1', 'Deflated Image Frame Compression', false),
  native('1.2.840.10008.1.2.4.94', 'JPIP Referenced', true),
  native('1.2.840.10008.1.2.4.95', 'JPIP Referenced Deflate', true, true, true),
  native('1.2.840.10008.1.2.4.204', 'JPIP HTJ2K Referenced', true),
  native('1.2.840.10008.1.2.4.205', 'JPIP HTJ2K Referenced Deflate', true, true, true),
  video('1.2.840.10008.1.2.4.100', 'MPEG2 Main Profile / Main Level'),
  video('1.2.840.10008.1.2.4.100.1', 'Fragmentable MPEG2 Main Profile / Main Level'),
  video('1.2.840.10008.1.2.4.101', 'MPEG2 Main Profile / High Level'),
  video('1.2.840.10008.1.2.4.101.1', 'Fragmentable MPEG2 Main Profile / High Level'),
  video('1.2.840.10008.1.2.4.102', 'MPEG-4 AVC/H.264 High Profile / Level 4.1'),
  video('1.2.840.10008.1.2.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1'),
  video('1.2.840.10008.1.2.4.103', 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'),
  video('1.2.840.10008.1.2.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'),
  video('1.2.840.10008.1.2.4.104', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 for 2D Video'),
  video('1.2.840.10008.1.2.4.104.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 for 2D Video'),
  video('1.2.840.10008.1.2.4.105', 'MPEG-4 AVC/H.264 High Profile / Level 4.2 for 3D Video'),
  video('1.2.840.10008.1.2.4.105.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 for 3D Video'),
  video('1.2.840.10008.1.2.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'),
  video('1.2.840.10008.1.2.4.106.1', 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'),
  video('1.2.840.10008.1.2.4.107', 'HEVC/H.265 Main Profile / Level 5.1'),
  video('1.2.840.10008.1.2.4.108', 'HEVC/H.265 Main 10 Profile / Level 5.1'),
];

const byUid = new Map(transferSyntaxes.map((syntax) => [syntax.uid, syntax]));

/** Undefined for syntaxes whose data sets we can still store but whose pixels we know nothing about. */
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
