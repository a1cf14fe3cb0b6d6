import { z } from 'zod';
import { problemCodes } from '../domain/problem.ts';
import { refusalCodes } from '../domain/refusal.ts';

const count = z.number().int().nonnegative();

export const RejectedFile = z.strictObject({
  file: z.string(),
  code: z.enum(refusalCodes),
  detail: z.string(),
});
export type RejectedFile = z.infer<typeof RejectedFile>;

export const ImportTotals = z.strictObject({
  /** New instances, durable. */
  imported: count,
  /** Instances that were here already, bit for bit in their data set. */
  duplicates: count,
  /** Instances kept aside because another one with the same SOP Instance UID was here first. */
  conflicts: count,
  /** Studies that came back from the bin because they were imported again. */
  restored: count,
  rejected: z.array(RejectedFile),
  studies: count,
  bytes: count,
  seconds: z.number(),
});
export type ImportTotals = z.infer<typeof ImportTotals>;

export const ImportProgress = z.strictObject({
  /** `finding`: files are still being looked for, so totals will grow. `finishing`: the last commits. */
  phase: z.enum(['finding', 'reading', 'finishing']),
  filesDone: count,
  filesFound: count,
  bytesDone: count,
  bytesFound: count,
  rejectedCount: count,
  /** Null until it can be told. */
  secondsRemaining: z.number().nullable(),
});
export type ImportProgress = z.infer<typeof ImportProgress>;

export const ImportState = z.strictObject({
  jobId: z.string(),
  /** What to call it on screen: the folder's or file's name. */
  label: z.string(),
  state: z.enum(['running', 'ended', 'cancelled', 'failed']),
  progress: ImportProgress,
  /** Null while it runs. What was done before a cancel or failure counts and stays. */
  totals: ImportTotals.nullable(),
  /** Why it failed. */
  problem: z.enum(problemCodes).nullable(),
  startedAtMs: z.number(),
});
export type ImportState = z.infer<typeof ImportState>;

/** Answer to `POST /import/<jobId>?name=<relative path>`, sent when everything in it is durable. */
export const UploadAnswer = z.strictObject({
  imported: count,
  duplicates: count,
  conflicts: count,
  rejected: z.array(RejectedFile),
});
export type UploadAnswer = z.infer<typeof UploadAnswer>;
