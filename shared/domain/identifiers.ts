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
 * A UID as DICOM PS3.5 section 9.1 has it, but without its ban on leading zeros, which real
 * equipment ignores. Digits and dots only, so a UID can never be a path or a header injection.
 */
const UID_PATTERN = /^[0-9]+(\.[0-9]+)*$/;
const UID_MAX_LENGTH = 64;

export function isUid(text: string): boolean {
  return text.length <= UID_MAX_LENGTH && UID_PATTERN.test(text);
}
