/**
 * Why the archive cannot work, as opposed to why one file is refused (`refusal.ts`). The screen and
 * the command line have a sentence for each: what happened, what is safe, what to do.
 */
export const problemCodes = [
  'data-folder-in-use',
  'data-folder-read-only',
  'disk-full',
  'database-locked',
  'database-newer',
  'database-damaged',
  'sqlite-too-old',
  'storage-failed',
  'backup-folder-unusable',
  'backup-incomplete',
  'restore-target-not-empty',
  'workstation-ended',
  'key-store-required',
  'slide-on-stage',
  'internal',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/** Something outside the program has to change before the work can go on. */
export class Problem extends Error {
  readonly code: ProblemCode;
  /** For developers and the log, in English, without patient data or paths. */
  readonly detail: string;

  constructor(code: ProblemCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.name = 'Problem';
    this.code = code;
    this.detail = detail;
  }
}
