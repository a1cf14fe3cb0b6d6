import { z } from 'zod';
import { isUid } from '../domain/identifiers.ts';
import type { SeriesUid, StudyKey, StudyUid } from '../domain/identifiers.ts';
import { refusalCodes } from '../domain/refusal.ts';
import { event, method } from '../rpc/contract.ts';

const uid = z.string().refine(isUid);
export const StudyUidSchema = uid as unknown as z.ZodType<StudyUid, string>;
export const SeriesUidSchema = uid as unknown as z.ZodType<SeriesUid, string>;
export const StudyKeySchema = z.number().int().positive() as unknown as z.ZodType<StudyKey, number>;

export const PersonName = z.strictObject({
  alphabetic: z.string(),
  ideographic: z.string(),
  phonetic: z.string(),
});
export type PersonName = z.infer<typeof PersonName>;

export const StudySummary = z.strictObject({
  studyKey: StudyKeySchema,
  studyUid: StudyUidSchema,
  patient: z.strictObject({
    issuer: z.string(),
    id: z.string(),
    name: PersonName,
    /** YYYYMMDD, empty if unknown. */
    birthDate: z.string(),
    sex: z.string(),
  }),
  studyDate: z.string(),
  studyTime: z.string(),
  description: z.string(),
  accessionNumber: z.string(),
  facility: z.string(),
  modalities: z.array(z.string()),
  seriesCount: z.number(),
  instanceCount: z.number(),
  byteCount: z.number(),
});
export type StudySummary = z.infer<typeof StudySummary>;

export const SeriesSummary = z.strictObject({
  seriesUid: SeriesUidSchema,
  modality: z.string(),
  seriesNumber: z.number().nullable(),
  description: z.string(),
  bodyPart: z.string(),
  instanceCount: z.number(),
});
export type SeriesSummary = z.infer<typeof SeriesSummary>;

export const RejectedFile = z.strictObject({
  file: z.string(),
  code: z.enum(refusalCodes),
  detail: z.string(),
});
export type RejectedFile = z.infer<typeof RejectedFile>;

export const ImportTotals = z.strictObject({
  imported: z.number(),
  duplicates: z.number(),
  conflicts: z.number(),
  rejected: z.array(RejectedFile),
  studies: z.number(),
  bytes: z.number(),
  seconds: z.number(),
});
export type ImportTotals = z.infer<typeof ImportTotals>;

export const archive = {
  listStudies: method(
    z.strictObject({
      text: z.string().default(''),
      offset: z.number().int().nonnegative().default(0),
      limit: z.number().int().positive().max(1000).default(200),
    }),
    z.strictObject({ total: z.number(), studies: z.array(StudySummary) }),
  ),
  describeStudy: method(
    z.strictObject({ studyKey: StudyKeySchema }),
    z.strictObject({ study: StudySummary, series: z.array(SeriesSummary) }),
  ),
  startImport: method(
    z.strictObject({ paths: z.array(z.string()).min(1), reportEach: z.boolean().default(false) }),
    z.strictObject({ jobId: z.string() }),
  ),
  cancelImport: method(z.strictObject({ jobId: z.string() }), z.null()),
  importProgressed: event(
    z.strictObject({
      jobId: z.string(),
      filesDone: z.number(),
      filesFound: z.number(),
      bytesDone: z.number(),
    }),
  ),
  /** Only for jobs started with `reportEach`; sent after the instance would survive power loss. */
  instanceStored: event(z.strictObject({ jobId: z.string(), sop: z.string(), sha256: z.string() })),
  importEnded: event(z.strictObject({ jobId: z.string(), totals: ImportTotals, wasCancelled: z.boolean() })),
  studyChanged: event(z.strictObject({ studyKey: StudyKeySchema })),
} as const;
