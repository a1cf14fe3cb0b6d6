import type { DataElement, ElementValue } from '#shared/dicom/write-data-set.ts';
import { srgbProfile } from '#shared/dicom/srgb-profile.ts';
import type { StillFacts } from '#shared/link/talk.ts';
import { namedUid } from './named-uid.ts';

/** VL Slide-Coordinates Microscopic Image Storage, PS3.4 B.5. */
const SOP_CLASS = '1.2.840.10008.5.1.4.1.1.77.1.3';

export interface SlidePatient {
  readonly patientId: string;
  readonly patientName: string;
  readonly issuer: string;
}

export interface SlidePixels {
  readonly widthPixels: number;
  readonly heightPixels: number;
  /** Red, green, blue, row by row. */
  readonly rgb: Uint8Array;
}

export interface SlideIdentity {
  readonly studyUid: string;
  readonly sopUid: string;
}

/** The same still is the same instance, however often it is saved; slides of one case are one study. */
export function slideIdentity(facts: StillFacts, patient: SlidePatient): SlideIdentity {
  return {
    studyUid: namedUid('enkaku slide study', patient.issuer, patient.patientId, caseOf(facts.label)),
    sopUid: namedUid('enkaku still', facts.stillId),
  };
}

/** PS3.3 A.32.3, with Specimen (C.7.6.22), Slide Coordinates (C.8.12.2) and Optical Path (C.8.12.5) modules. */
export function slideImage(facts: StillFacts, patient: SlidePatient, pixels: SlidePixels): DataElement[] {
  const { studyUid, sopUid } = slideIdentity(facts, patient);
  const taken = new Date(facts.takenAtUtc);
  const date = taken.toISOString().slice(0, 10).replaceAll('-', '');
  const time = taken.toISOString().slice(11, 19).replaceAll(':', '');
  const profile = srgbProfile();
  const spacingMm = decimal(facts.micrometresPerPixel / 1000);
  return [
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080008', 'CS', ['ORIGINAL', 'PRIMARY']),
    element('00080016', 'UI', SOP_CLASS),
    element('00080018', 'UI', sopUid),
    element('00080020', 'DA', date),
    element('00080021', 'DA', date),
    element('00080023', 'DA', date),
    element('0008002A', 'DT', `${date}${time}+0000`),
    element('00080030', 'TM', time),
    element('00080031', 'TM', time),
    element('00080033', 'TM', time),
    element('00080050', 'SH', caseOf(facts.label).slice(0, 16)),
    element('00080060', 'CS', 'SM'),
    element('00080070', 'LO', 'Enkaku'),
    element('00080090', 'PN'),
    element('00080201', 'SH', '+0000'),
    element('00081030', 'LO', '術中迅速病理（遠隔）'),
    element('0008103E', 'LO', `${facts.label} ${facts.magnification}x`),
    element('00100010', 'PN', patient.patientName),
    element('00100020', 'LO', patient.patientId),
    element('00100021', 'LO', patient.issuer),
    element('00100030', 'DA'),
    element('00100040', 'CS'),
    element('0020000D', 'UI', studyUid),
    element('0020000E', 'UI', namedUid('enkaku slide series', studyUid, facts.slideId)),
    element('00200010', 'SH', caseOf(facts.label).slice(0, 16)),
    element('00200011', 'IS', '1'),
    element('00200013', 'IS', String((Math.floor(taken.getTime() / 1000) % 1_000_000_000) + 1)),
    element('00200020', 'CS'),
    element('00200052', 'UI', namedUid('enkaku slide', facts.slideId)),
    element('00201040', 'LO', 'SLIDE_CORNER'),
    element('00280002', 'US', 3),
    element('00280004', 'CS', 'RGB'),
    element('00280006', 'US', 0),
    element('00280010', 'US', pixels.heightPixels),
    element('00280011', 'US', pixels.widthPixels),
    element('00280030', 'DS', [spacingMm, spacingMm]),
    element('00280100', 'US', 8),
    element('00280101', 'US', 8),
    element('00280102', 'US', 7),
    element('00280103', 'US', 0),
    element('00280301', 'CS', 'NO'),
    element('00282000', 'OB', profile),
    element('00282002', 'CS', 'SRGB'),
    element('00282110', 'CS', '00'),
    element('00400555', 'SQ', { items: [] }),
    ...specimen(facts),
    element('0040071A', 'SQ', {
      items: [
        [
          // X and Y in mm, Z in µm, as the standard has it; of the slide, the same with every objective.
          element('0040072A', 'DS', decimal((facts.positionUm.x - facts.parcentricOffsetUm.x) / 1000)),
          element('0040073A', 'DS', decimal((facts.positionUm.y - facts.parcentricOffsetUm.y) / 1000)),
          element('0040074A', 'DS', decimal(facts.positionUm.z)),
        ],
      ],
    }),
    element('00480105', 'SQ', { items: [opticalPath(facts, profile)] }),
    element('00480302', 'UL', 1),
    element('7FE00010', 'OB', pixels.rgb),
  ];
}

function specimen({ slideId, label }: StillFacts): DataElement[] {
  return [
    element('00400512', 'LO', label),
    element('00400513', 'SQ', { items: [] }),
    element('00400518', 'SQ', { items: [code('433466003', 'SCT', 'Microscope slide')] }),
    element('00400560', 'SQ', {
      items: [
        [
          element('00400551', 'LO', label),
          element('00400554', 'UI', namedUid('enkaku specimen', slideId)),
          element('00400562', 'SQ', { items: [] }),
          element('00400600', 'LO', label),
          element('00400610', 'SQ', { items: [] }),
        ],
      ],
    }),
  ];
}

function opticalPath({ magnification, numericalAperture }: StillFacts, profile: Uint8Array): DataElement[] {
  return [
    element('00220016', 'SQ', { items: [code('111744', 'DCM', 'Brightfield illumination')] }),
    element('00282000', 'OB', profile),
    element('00282002', 'CS', 'SRGB'),
    element('00480106', 'SH', '1'),
    element('00480108', 'SQ', { items: [code('414298005', 'SCT', 'Full Spectrum')] }),
    element('00480112', 'DS', decimal(magnification)),
    element('00480113', 'DS', decimal(numericalAperture)),
  ];
}

function code(value: string, scheme: string, meaning: string): DataElement[] {
  return [
    element('00080100', 'SH', value),
    element('00080102', 'SH', scheme),
    element('00080104', 'LO', meaning),
  ];
}

function element(tag: string, vr: string, value?: ElementValue): DataElement {
  return value === undefined ? { tag, vr } : { tag, vr, value };
}

/** At most 16 characters, PS3.5 section 6.2. */
function decimal(value: number): string {
  return String(Number(value.toPrecision(10))).slice(0, 16);
}

/** `24-1234 F1-1` is slide 1 of block F1 of case 24-1234. */
function caseOf(label: string): string {
  return label.split(/\s/)[0] ?? label;
}
