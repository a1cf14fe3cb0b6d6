/** Why a file cannot be taken into the archive. The screen and the command line have a sentence for each. */
export const refusalCodes = [
  'not-dicom',
  'empty-file',
  'compressed-file',
  'media-directory',
  'truncated',
  'malformed',
  'too-deep',
  'too-many-elements',
  'header-too-large',
  'inflated-too-large',
  'inflated-malformed',
  'missing-uid',
  'invalid-uid',
  'pixel-data-too-short',
  'pixel-data-inconsistent',
  'too-many-frames',
  'dimensions-too-large',
  'unreadable',
  'parse-timeout',
  'parse-memory',
  'parse-crashed',
  'zip-malformed',
  'zip-unsafe-path',
  'zip-too-large',
  'zip-encrypted',
  'zip-unsupported',
  'zip-nested',
  'directory-malformed',
  'directory-unsafe-path',
  'missing-file',
  'not-a-file',
  'link-outside',
] as const;

export type RefusalCode = (typeof refusalCodes)[number];

/** Thrown while reading one file; other files of the same import are not affected. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Where and what, in English, without patient data: "value of (0028,0010) ends after the file". */
  readonly detail: string;

  constructor(code: RefusalCode, detail: string) {
    super(`${code}: ${detail}`);
    this.name = 'Refusal';
    this.code = code;
    this.detail = detail;
  }
}
