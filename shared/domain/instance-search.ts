import type { SeriesUid, SopUid, StudyUid } from './identifiers.ts';

// What DICOMweb (PS3.18) asks of an archive, without knowing how it stores anything.

/** One archived instance as the byte interface needs it. */
export interface WebInstance {
  readonly instanceKey: number;
  readonly studyKey: number;
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly sopUid: SopUid;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** 0 for instances without pixels. */
  readonly numberOfFrames: number;
  readonly fileSha256: string;
  readonly byteLength: number;
  readonly dataSetOffset: number;
  /** The row is here, the bytes are elsewhere. */
  readonly isEvicted: boolean;
}

/** Which instances; every given member has to fit. */
export interface WebTarget {
  readonly studyUid?: StudyUid;
  readonly seriesUid?: SeriesUid;
  readonly patientId?: string;
  readonly issuer?: string;
}

export type WebLevel = 'study' | 'series' | 'instance';

/** What a key is compared with; see `WebColumn`. */
export type WebCondition =
  | { readonly column: WebColumn; readonly kind: 'equals'; readonly values: readonly (string | number)[] }
  /** DICOM's `*` and `?`, PS3.4 section C.2.2.2.4. */
  | { readonly column: WebColumn; readonly kind: 'wildcard'; readonly pattern: string }
  /** Inclusive; an empty end is open. */
  | { readonly column: WebColumn; readonly kind: 'range'; readonly from: string; readonly to: string }
  /** Any component group of a person's name, without regard to case. */
  | { readonly column: 'patientName' | 'referringPhysician'; readonly kind: 'name'; readonly pattern: string }
  /** Words in any order in any component group, as the worklist finds them. */
  | { readonly column: 'patientName'; readonly kind: 'fuzzy-name'; readonly text: string }
  | { readonly column: 'modalitiesInStudy'; readonly kind: 'any-of'; readonly values: readonly string[] };

export interface WebSearch {
  readonly level: WebLevel;
  readonly conditions: readonly WebCondition[];
  readonly offset: number;
  readonly limit: number;
}

/** A found study, series or instance, with the columns of its level and those above. */
export type WebRow = Readonly<Record<string, string | number | null>> & {
  /** An instance that can stand for the row, for attributes that are no columns. */
  readonly instanceKey: number;
};

export interface WebSearchResult {
  readonly rows: readonly WebRow[];
  /** Of all that match, whatever the limit. */
  readonly total: number;
}

/** Every column that can be asked for and about. */
export type WebColumn =
  | 'studyDate'
  | 'studyTime'
  | 'accessionNumber'
  | 'studyDescription'
  | 'studyId'
  | 'studyUid'
  | 'facility'
  | 'referringPhysician'
  | 'modalitiesInStudy'
  | 'seriesCount'
  | 'instanceCount'
  | 'studyEvictedCount'
  | 'patientName'
  | 'nameIdeographic'
  | 'namePhonetic'
  | 'patientId'
  | 'issuer'
  | 'birthDate'
  | 'sex'
  | 'modality'
  | 'seriesUid'
  | 'seriesNumber'
  | 'seriesDescription'
  | 'bodyPart'
  | 'seriesDate'
  | 'seriesTime'
  | 'seriesInstanceCount'
  | 'sopUid'
  | 'sopClassUid'
  | 'instanceNumber'
  | 'numberOfFrames'
  | 'transferSyntaxUid';
