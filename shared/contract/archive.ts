import { z } from 'zod';
import { event, method } from '../rpc/contract.ts';
import { ImportProgress, ImportState, ImportTotals } from './import.ts';
import { problemCodes } from '../domain/problem.ts';
import {
  BackupEnd,
  BinEntry,
  BringBackEnd,
  JobProgress,
  Place,
  StorageSummary,
  VerifyEnd,
} from './storage.ts';
import {
  Conflict,
  Demographics,
  PatientKeySchema,
  Prior,
  SamePatientCandidate,
  SeriesSummary,
  StudyCounts,
  StudyFilter,
  StudyKeySchema,
  StudySort,
  StudySummary,
} from './study.ts';

const nothing = z.null();
const count = z.number().int().nonnegative();
const oneStudy = z.strictObject({ studyKey: StudyKeySchema });
const someStudies = z.strictObject({ studyKeys: z.array(StudyKeySchema).min(1).max(10_000) });
const started = z.strictObject({ jobId: z.string() });

export const archive = {
  listStudies: method(
    StudyFilter.extend({
      sort: StudySort.prefault({}),
      offset: count.default(0),
      limit: z.number().int().positive().max(1000).default(200),
    }),
    z.strictObject({ total: count, studies: z.array(StudySummary) }),
  ),
  countStudies: method(StudyFilter, StudyCounts),
  describeStudy: method(
    oneStudy,
    z.strictObject({
      study: StudySummary,
      series: z.array(SeriesSummary),
      /** Newest first. */
      priors: z.array(Prior),
      /** What files under the same issuer and id said instead, if they disagree. */
      otherDemographics: z.array(Demographics),
      /** Where the bytes exist besides here; the only places for evicted instances. */
      places: z.array(Place),
    }),
  ),
  /** Counts as reading it: for the read state and for what is evicted last. */
  markOpened: method(oneStudy, nothing),
  markUnread: method(someStudies, nothing),
  setPinned: method(someStudies.extend({ isPinned: z.boolean() }), nothing),

  /** Into the bin for 30 days. */
  deleteStudies: method(someStudies.extend({ reason: z.string().trim().min(1).max(500) }), nothing),
  listBin: method(z.strictObject({}), z.strictObject({ entries: z.array(BinEntry) })),
  restoreStudies: method(someStudies, nothing),

  listConflicts: method(oneStudy, z.strictObject({ conflicts: z.array(Conflict) })),
  /** Patients under other issuers with the same kana name, date of birth and sex, and those already confirmed. */
  listSamePatientCandidates: method(oneStudy, z.strictObject({ candidates: z.array(SamePatientCandidate) })),
  confirmSamePatient: method(
    z.strictObject({ patientKeys: z.tuple([PatientKeySchema, PatientKeySchema]) }),
    nothing,
  ),
  separatePatients: method(
    z.strictObject({ patientKeys: z.tuple([PatientKeySchema, PatientKeySchema]) }),
    nothing,
  ),

  startImport: method(
    z.strictObject({ paths: z.array(z.string()).min(1), reportEach: z.boolean().default(false) }),
    started,
  ),
  /** For pages that have bytes but no paths: `POST /import/<jobId>?name=<relative path>` per file, then `closeUpload`. */
  openUpload: method(z.strictObject({ label: z.string().max(500) }), started),
  closeUpload: method(started, nothing),
  /** Makes the project's own phantoms and imports them; a second time they are duplicates. */
  loadSampleStudy: method(z.strictObject({ language: z.enum(['ja', 'en']).default('ja') }), started),
  cancelImport: method(started, nothing),
  /** Running ones and those ended recently, newest first. */
  listImports: method(z.strictObject({}), z.strictObject({ imports: z.array(ImportState) })),

  storageSummary: method(z.strictObject({}), StorageSummary),
  startVerify: method(z.strictObject({ repair: z.boolean().default(false) }), started),
  startBackup: method(z.strictObject({ directory: z.string().min(1) }), started),
  /** Copies evicted bytes back from the places that have them. */
  startBringBack: method(someStudies, started),
  /** Ends a verify, backup or bring-back. */
  cancelJob: method(started, nothing),
  /** The running one, if any: there is never more than one at a time. */
  listJobs: method(z.strictObject({}), z.strictObject({ jobs: z.array(JobProgress) })),

  importProgressed: event(ImportProgress.extend({ jobId: z.string() })),
  /** Only for jobs started with `reportEach`; sent after the instance would survive power loss. */
  instanceStored: event(z.strictObject({ jobId: z.string(), sop: z.string(), sha256: z.string() })),
  importEnded: event(
    z.strictObject({
      jobId: z.string(),
      totals: ImportTotals,
      wasCancelled: z.boolean(),
      /** Why it could not go on; what `totals` counts is durable nevertheless. */
      problem: z.enum(problemCodes).nullable(),
    }),
  ),
  studyChanged: event(oneStudy),
  studiesRemoved: event(z.strictObject({ studyKeys: z.array(StudyKeySchema) })),
  jobProgressed: event(JobProgress),
  verifyEnded: event(VerifyEnd),
  backupEnded: event(BackupEnd),
  bringBackEnded: event(BringBackEnd),
} as const;
