declare const brand: unique symbol;

type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

export type StudyUid = Branded<string, 'StudyUid'>;
export type SeriesUid = Branded<string, 'SeriesUid'>;
export type SopUid = Branded<string, 'SopUid'>;

/** Row of one study of one patient in this archive; never leaves the workstation. */
export type StudyKey = Branded<number, 'StudyKey'>;

/** Row of one patient, who is an id together with its issuer; never leaves the workstation. */
export type PatientKey = Branded<number, 'PatientKey'>;

/**
 * What is taken as a UID. DICOM PS3.5 section 9.1 allows digits and dots, up to 64 of them; real files
 * also have leading zeros, 66 characters, and hashes put there by anonymizers, and refusing those would
 * keep a doctor from images that every other program shows. What matters here holds for all of them: a
 * UID is one safe segment of an address, never a path, and can inject nothing into a header.
 */
const UID_PATTERN = /^[0-9A-Za-z][0-9A-Za-z._-]*$/;
const UID_MAX_LENGTH = 128;

export function isUid(text: string): boolean {
  return text.length <= UID_MAX_LENGTH && UID_PATTERN.test(text);
}
