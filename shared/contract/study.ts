import { z } from 'zod';
import { isUid } from '../domain/identifiers.ts';
import type { PatientKey, SeriesUid, SopUid, StudyKey, StudyUid } from '../domain/identifiers.ts';

const uid = z.string().refine(isUid);
const key = z.number().int().positive();
const count = z.number().int().nonnegative();

export const StudyUidSchema = uid as unknown as z.ZodType<StudyUid, string>;
export const SeriesUidSchema = uid as unknown as z.ZodType<SeriesUid, string>;
export const SopUidSchema = uid as unknown as z.ZodType<SopUid, string>;
export const StudyKeySchema = key as unknown as z.ZodType<StudyKey, number>;
export const PatientKeySchema = key as unknown as z.ZodType<PatientKey, number>;

/** YYYYMMDD; empty if unknown. */
const DicomDate = z.string();

/** YYYYMMDD as a bound of a range; empty for none. */
const DateBound = z.string().regex(/^(\d{8})?$/);

export const PersonName = z.strictObject({
  alphabetic: z.string(),
  ideographic: z.string(),
  phonetic: z.string(),
});
export type PersonName = z.infer<typeof PersonName>;

export const Demographics = z.strictObject({
  name: PersonName,
  birthDate: DicomDate,
  sex: z.string(),
});
export type Demographics = z.infer<typeof Demographics>;

export const PatientSummary = Demographics.extend({
  patientKey: PatientKeySchema,
  /** Who gave out the id; the same id from another issuer is another patient. */
  issuer: z.string(),
  id: z.string(),
  /** Files under the same issuer and id disagree about name, date of birth or sex: a warning is due. */
  hasDifferentDemographics: z.boolean(),
});
export type PatientSummary = z.infer<typeof PatientSummary>;

/** One frame that stands for a study or series, by its DICOMweb address. */
export const RepresentativeFrame = z.strictObject({
  studyUid: StudyUidSchema,
  seriesUid: SeriesUidSchema,
  sopUid: SopUidSchema,
  /** From 1. */
  frameNumber: z.number().int().positive(),
});
export type RepresentativeFrame = z.infer<typeof RepresentativeFrame>;

export const StudySummary = z.strictObject({
  studyKey: StudyKeySchema,
  studyUid: StudyUidSchema,
  patient: PatientSummary,
  studyDate: DicomDate,
  /** HHMMSS with optional fraction, as DICOM writes it; may be empty. */
  studyTime: z.string(),
  description: z.string(),
  accessionNumber: z.string(),
  facility: z.string(),
  modalities: z.array(z.string()),
  bodyParts: z.array(z.string()),
  seriesCount: count,
  instanceCount: count,
  byteCount: count,
  receivedAtMs: z.number(),
  /** When it was last opened in a viewer; null if never, which is what "unread" means. */
  openedAtMs: z.number().nullable(),
  isPinned: z.boolean(),
  /** Files kept aside because another file with the same SOP Instance UID was here first. */
  conflictCount: count,
  /** Instances whose bytes were evicted; they exist only in the places named by `describeStudy`. */
  evictedCount: count,
  /** Null if nothing in the study has pixels. */
  representative: RepresentativeFrame.nullable(),
});
export type StudySummary = z.infer<typeof StudySummary>;

export const SeriesSummary = z.strictObject({
  seriesUid: SeriesUidSchema,
  modality: z.string(),
  seriesNumber: z.number().nullable(),
  description: z.string(),
  bodyPart: z.string(),
  instanceCount: count,
  /** 0 for series without pixels, such as structured reports. */
  frameCount: count,
  representative: RepresentativeFrame.nullable(),
});
export type SeriesSummary = z.infer<typeof SeriesSummary>;

/** Another study of the same person. */
export const Prior = z.strictObject({
  study: StudySummary,
  /** `issuer-and-id`: the same patient record. `confirmed`: another record that a person said is the same patient. */
  because: z.enum(['issuer-and-id', 'confirmed']),
});
export type Prior = z.infer<typeof Prior>;

export const StudyFilter = z.strictObject({
  /** Several words, separated by white space, must all be found; see `shared/domain/search-text.ts`. */
  text: z.string().max(200).default(''),
  /** Any of these; empty for all. */
  modalities: z.array(z.string()).max(100).default([]),
  dateFrom: DateBound.default(''),
  /** Inclusive. */
  dateTo: DateBound.default(''),
  /** Any of these; empty for all. */
  facilities: z.array(z.string()).max(100).default([]),
  readState: z.enum(['any', 'unread', 'read']).default('any'),
});
export type StudyFilter = z.infer<typeof StudyFilter>;

export const studySortColumns = [
  'studyDate',
  'patientName',
  'patientId',
  'birthDate',
  'modalities',
  'description',
  'accessionNumber',
  'facility',
  'instanceCount',
  'receivedAt',
] as const;
export type StudySortColumn = (typeof studySortColumns)[number];

export const StudySort = z.strictObject({
  column: z.enum(studySortColumns).default('studyDate'),
  descending: z.boolean().default(true),
});
export type StudySort = z.infer<typeof StudySort>;

export const StudyCounts = z.strictObject({
  total: count,
  unread: count,
  /** Most frequent first. Each list ignores the filter on its own column, so that it can be widened again. */
  byModality: z.array(z.strictObject({ modality: z.string(), count })),
  byFacility: z.array(z.strictObject({ facility: z.string(), count })),
});
export type StudyCounts = z.infer<typeof StudyCounts>;

export const Conflict = z.strictObject({
  conflictKey: key,
  sopUid: SopUidSchema,
  seriesUid: SeriesUidSchema,
  receivedAtMs: z.number(),
  byteCount: count,
  /** Attributes of the header that differ, by tag 'GGGGEEEE'; empty if only the pixels do. */
  differences: z.array(z.strictObject({ tag: z.string(), archived: z.string(), arrived: z.string() })),
});
export type Conflict = z.infer<typeof Conflict>;

/** A patient record under another issuer that may be the same person: only a person can say so. */
export const SamePatientCandidate = z.strictObject({
  patient: PatientSummary,
  studyCount: count,
  /** Null until somebody confirmed it. */
  confirmed: z.strictObject({ person: z.string(), atMs: z.number() }).nullable(),
});
export type SamePatientCandidate = z.infer<typeof SamePatientCandidate>;
