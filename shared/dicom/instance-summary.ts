import { firstNumber, firstText, personName } from './attributes.ts';
import type { DicomJson, DicomJsonPersonName } from './dicom-json.ts';
import { limits } from './limits.ts';
import { isUid } from '../domain/identifiers.ts';
import type { SeriesUid, SopUid, StudyUid } from '../domain/identifiers.ts';
import { Refusal } from '../domain/refusal.ts';

/** What the archive indexes of one instance. Dates are 'YYYYMMDD', times as DICOM writes them. */
export interface InstanceSummary {
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly sopUid: SopUid;
  /** Empty if absent or no UID. */
  readonly sopClassUid: string;
  readonly instanceNumber: number | null;
  readonly patient: {
    readonly id: string;
    /** Issuer of Patient ID (0010,0021), else Institution Name: the same number elsewhere is another patient. */
    readonly issuer: string;
    readonly name: DicomJsonPersonName;
    readonly birthDate: string;
    readonly sex: string;
  };
  readonly study: {
    readonly date: string;
    readonly time: string;
    readonly description: string;
    readonly accessionNumber: string;
    readonly facility: string;
    readonly referringPhysician: DicomJsonPersonName;
    readonly id: string;
  };
  readonly series: {
    readonly modality: string;
    readonly number: number | null;
    readonly description: string;
    readonly bodyPart: string;
    readonly date: string;
    readonly time: string;
  };
  /** Null for instances without pixels. */
  readonly image: {
    readonly rows: number;
    readonly columns: number;
    readonly bitsAllocated: number;
    readonly samplesPerPixel: number;
    readonly photometricInterpretation: string;
    /** 0 if the file says something else than a number. */
    readonly numberOfFrames: number;
  } | null;
}

/** @throws Refusal `missing-uid`, `invalid-uid`, `header-too-large` */
export function summarizeInstance(json: DicomJson): InstanceSummary {
  return {
    studyUid: uid(json, '0020000D', 'Study Instance UID') as StudyUid,
    seriesUid: uid(json, '0020000E', 'Series Instance UID') as SeriesUid,
    sopUid: uid(json, '00080018', 'SOP Instance UID') as SopUid,
    sopClassUid: uidOrNothing(json, '00080016'),
    instanceNumber: integer(json, '00200013') ?? null,
    patient: {
      id: identifier(json, '00100020'),
      issuer: identifier(json, '00100021') || identifier(json, '00080080'),
      name: name(json, '00100010'),
      birthDate: dicomDate(json, '00100030'),
      sex: text(json, '00100040'),
    },
    study: {
      date: dicomDate(json, '00080020'),
      time: text(json, '00080030'),
      description: text(json, '00081030'),
      accessionNumber: text(json, '00080050'),
      facility: text(json, '00080080'),
      referringPhysician: name(json, '00080090'),
      id: text(json, '00200010'),
    },
    series: {
      modality: text(json, '00080060'),
      number: integer(json, '00200011') ?? null,
      description: text(json, '0008103E'),
      bodyPart: text(json, '00180015'),
      date: dicomDate(json, '00080021'),
      time: text(json, '00080031'),
    },
    image: summarizeImage(json),
  };
}

function text(json: DicomJson, tag: string): string {
  return (firstText(json, tag) ?? '').slice(0, limits.indexedTextCharacters);
}

function name(json: DicomJson, tag: string): DicomJsonPersonName {
  const given = personName(json, tag);
  const groups = nameGroups.flatMap((group) => {
    const letters: unknown = given[group];
    // Under a wrong VR it may be anything.
    return typeof letters === 'string' ? [[group, letters.slice(0, limits.indexedTextCharacters)]] : [];
  });
  return Object.fromEntries(groups) as DicomJsonPersonName;
}

const nameGroups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/** @throws Refusal `header-too-large` */
function identifier(json: DicomJson, tag: string): string {
  const value = firstText(json, tag) ?? '';
  if (value.length <= limits.indexedTextCharacters) return value;
  throw new Refusal('header-too-large', `an identifier of ${value.length} characters in ${tag}`);
}

function summarizeImage(json: DicomJson): InstanceSummary['image'] {
  const rows = wholeNumber(json, '00280010', undefined);
  const columns = wholeNumber(json, '00280011', undefined);
  if (rows === undefined || columns === undefined) return null;
  return {
    rows,
    columns,
    bitsAllocated: wholeNumber(json, '00280100', 0) ?? 0,
    samplesPerPixel: wholeNumber(json, '00280002', 1) ?? 0,
    photometricInterpretation: firstText(json, '00280004') ?? '',
    numberOfFrames: numberOfFrames(json),
  };
}

/** Absent, empty and 0 all occur for a single frame. 0 if it cannot be read. */
function numberOfFrames(json: DicomJson): number {
  const frames = wholeNumber(json, '00280008', 1);
  return frames === 0 ? 1 : (frames ?? 0);
}

/** `absent` if there is no value, undefined if it is something else than a whole number. */
function wholeNumber(json: DicomJson, tag: string, absent: number | undefined): number | undefined {
  const value = json[tag]?.Value?.[0];
  if (value === undefined || value === null) return absent;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function uid(json: DicomJson, tag: string, name: string): string {
  const text = firstText(json, tag);
  if (text === undefined) throw new Refusal('missing-uid', `no ${name}`);
  if (!isUid(text)) throw new Refusal('invalid-uid', `${name} is not a UID`);
  return text;
}

function uidOrNothing(json: DicomJson, tag: string): string {
  const text = firstText(json, tag) ?? '';
  return isUid(text) ? text : '';
}

function integer(json: DicomJson, tag: string): number | undefined {
  const value = firstNumber(json, tag);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Accepts the ACR-NEMA form YYYY.MM.DD; anything else that is no date reads as none. */
function dicomDate(json: DicomJson, tag: string): string {
  const digits = (firstText(json, tag) ?? '').replaceAll('.', '');
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(digits) ?? [];
  if (year === undefined || month === undefined || day === undefined) return '';
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return isReal ? digits : '';
}
