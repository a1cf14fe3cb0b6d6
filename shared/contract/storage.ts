import { z } from 'zod';
import { problemCodes } from '../domain/problem.ts';
import { StudyKeySchema, StudySummary } from './study.ts';

const count = z.number().int().nonnegative();

export const BinEntry = z.strictObject({
  study: StudySummary,
  reason: z.string(),
  deletedBy: z.string(),
  deletedAtMs: z.number(),
  /** When it will be removed for good. */
  purgeAtMs: z.number(),
});
export type BinEntry = z.infer<typeof BinEntry>;

/** Somewhere else where bytes of ours were written and read back correctly. */
export const Place = z.strictObject({
  kind: z.enum(['backup']),
  /** The folder, as the person who chose it typed it. */
  name: z.string(),
  lastConfirmedAtMs: z.number(),
});
export type Place = z.infer<typeof Place>;

export const StorageSummary = z.strictObject({
  studies: count,
  instances: count,
  byteCount: count,
  databaseByteCount: count,
  freeByteCount: count,
  inBin: z.strictObject({ studies: count, byteCount: count }),
  /** Studies of which at least one instance exists nowhere else. */
  studiesWithoutCopy: count,
  places: z.array(Place),
  eviction: z.strictObject({
    enabled: z.boolean(),
    maximumBytes: z.number(),
    evictedStudies: count,
    /** More is stored than wished, but nothing more may be evicted. */
    isBlocked: z.boolean(),
  }),
  lastVerify: z.strictObject({ endedAtMs: z.number(), problems: count }).nullable(),
});
export type StorageSummary = z.infer<typeof StorageSummary>;

/** Progress of any long work beside imports. */
export const JobProgress = z.strictObject({
  jobId: z.string(),
  kind: z.enum(['verify', 'backup', 'bring-back', 'evict']),
  itemsDone: count,
  itemsTotal: count,
  bytesDone: count,
  bytesTotal: count,
  secondsRemaining: z.number().nullable(),
});
export type JobProgress = z.infer<typeof JobProgress>;

export const verifyFindings = [
  'object-missing',
  'object-damaged',
  'object-unindexed',
  'database-damaged',
  'count-wrong',
] as const;

export const VerifyFinding = z.strictObject({
  kind: z.enum(verifyFindings),
  /** SHA-256 of the object, or what in the database. */
  subject: z.string(),
  studyKey: StudyKeySchema.nullable(),
  /** Done about it; null without `repair`. */
  repair: z
    .enum(['restored-from-backup', 'quarantined', 'indexed', 'recounted', 'kept-aside', 'not-possible'])
    .nullable(),
});
export type VerifyFinding = z.infer<typeof VerifyFinding>;

export const VerifyReport = z.strictObject({
  instances: count,
  objects: count,
  byteCount: count,
  findings: z.array(VerifyFinding),
  seconds: z.number(),
});
export type VerifyReport = z.infer<typeof VerifyReport>;

export const BackupReport = z.strictObject({
  /** Copied and read back. */
  objects: count,
  /** From an earlier backup, and still read correctly. */
  alreadyThere: count,
  /** Not to be had: evicted and not in this backup, missing or damaged here. `verify` says more. */
  absent: count,
  byteCount: count,
  seconds: z.number(),
});
export type BackupReport = z.infer<typeof BackupReport>;

const end = { jobId: z.string(), wasCancelled: z.boolean(), problem: z.enum(problemCodes).nullable() };
/** `report` is null if it was cancelled or failed. */
export const VerifyEnd = z.strictObject({ ...end, report: VerifyReport.nullable() });
export type VerifyEnd = z.infer<typeof VerifyEnd>;
export const BackupEnd = z.strictObject({ ...end, report: BackupReport.nullable() });
export type BackupEnd = z.infer<typeof BackupEnd>;
export const BringBackEnd = z.strictObject({
  ...end,
  /** Evicted instances that are nowhere to be had now; null if it was cancelled or failed. */
  absent: count.nullable(),
});
export type BringBackEnd = z.infer<typeof BringBackEnd>;
