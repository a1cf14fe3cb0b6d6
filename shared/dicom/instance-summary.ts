import { firstNumber, firstText, personName } from './attributes.ts';
import type { DicomJson, DicomJsonPersonName } from './dicom-json.ts';
import { isUid } from '../domain/identifiers.ts';
import type { SeriesUid, SopUid, StudyUid } from '../domain/identifiers.ts';
import { Refusal } from '../domain/refusal.ts';

/** What the archive indexes of one instance. Dates are 'YYYYMMDD', times as DICOM writes them. */
export interface InstanceSummary {
  readonly studyUid: StudyUid;
  readonly seriesUid: SeriesUid;
  readonly sopUid: SopUid;
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
  readonly image: {
    readonly rows: number;
    readonly columns: number;
    readonly bitsAllocated: number;
    readonly samplesPerPixel: number;
    readonly photometricInterpretation: string;
    readonly numberOfFrames: number;
  } | null;
}

/** @throws Refusal `missing-uid` or `invalid-uid` */
export function summarizeInstance(json: DicomJson): InstanceSummary {
  const rows = firstNumber(json, '00280010');
  const columns = firstNumber(json, '00280011');
  return {
    studyUid: uid(json, '0020000D', 'Study Instance UID') as StudyUid,
    seriesUid: uid(json, '0020000E', 'Series Instance UID') as SeriesUid,
    sopUid: uid(json, '00080018', 'SOP Instance UID') as SopUid,
    sopClassUid: firstText(json, '00080016') ?? '',
    instanceNumber: firstNumber(json, '00200013') ?? null,
    patient: {
      id: firstText(json, '00100020') ?? '',
      issuer: firstText(json, '00100021') ?? firstText(json, '00080080') ?? '',
      name: personName(json, '00100010'),
      birthDate: dicomDate(json, '00100030'),
      sex: firstText(json, '00100040') ?? '',
    },
    study: {
      date: dicomDate(json, '00080020'),
      time: firstText(json, '00080030') ?? '',
      description: firstText(json, '00081030') ?? '',
      accessionNumber: firstText(json, '00080050') ?? '',
      facility: firstText(json, '00080080') ?? '',
      referringPhysician: personName(json, '00080090'),
      id: firstText(json, '00200010') ?? '',
    },
    series: {
      modality: firstText(json, '00080060') ?? '',
      number: firstNumber(json, '00200011') ?? null,
      description: firstText(json, '0008103E') ?? '',
      bodyPart: firstText(json, '00180015') ?? '',
      date: dicomDate(json, '00080021'),
      time: firstText(json, '00080031') ?? '',
    },
    image:
      rows === undefined || columns === undefined
        ? null
        : {
            rows,
            columns,
            bitsAllocated: firstNumber(json, '00280100') ?? 0,
            samplesPerPixel: firstNumber(json, '00280002') ?? 1,
            photometricInterpretation: firstText(json, '00280004') ?? '',
            numberOfFrames: firstNumber(json, '00280008') ?? 1,
          },
  };
}

function uid(json: DicomJson, tag: string, name: string): string {
  const text = firstText(json, tag);
  if (text === undefined) throw new Refusal('missing-uid', `no ${name}`);
  if (!isUid(text)) throw new Refusal('invalid-uid', `${name} is not a UID`);
  return text;
}

/** Accepts the ACR-NEMA form YYYY.MM.DD; anything else that is no date reads as none. */
function dicomDate(json: DicomJson, tag: string): string {
  const digits = (firstText(json, tag) ?? '').replaceAll('.', '');
  return /^\d{8}$/.test(digits) ? digits : '';
}
