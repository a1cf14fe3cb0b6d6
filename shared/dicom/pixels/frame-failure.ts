/** Why a frame cannot be shown. The screen has a sentence for each (`viewer:frameFailure.<code>`). */
export const frameFailureCodes = [
  /** The compressed data are broken or are not what the header says. */
  'corrupt',
  /** Nothing here can decode this transfer syntax or this form of pixels. */
  'unsupported',
  /** The instance has rows and columns, but no pixel data. */
  'no-pixels',
  /** Larger than we are willing to hold in memory at once. */
  'too-large',
  /** The bytes could not be fetched. */
  'unavailable',
  'timeout',
  'crashed',
  'cancelled',
] as const;

export type FrameFailureCode = (typeof frameFailureCodes)[number];

/** Thrown for one frame; others are not affected. */
export class FrameFailure extends Error {
  readonly code: FrameFailureCode;

  /** `detail`: in English, without patient data. */
  constructor(code: FrameFailureCode, detail: string) {
    super(detail);
    this.name = 'FrameFailure';
    this.code = code;
  }
}
