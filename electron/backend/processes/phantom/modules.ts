import type { DataElement, ElementValue } from '#shared/dicom/write-data-set.ts';

/** One DICOM file in pieces, with the name it should have on disk. */
export interface PhantomFile {
  readonly name: string;
  readonly pieces: readonly Uint8Array[];
}

/** Attributes that all phantoms share, by module of PS3.3. Everybody in them is invented. */
export interface PhantomPatient {
  /** 'PHANTOM^HANAKO=模擬^花子=ファントム^ハナコ' */
  readonly name: string;
  readonly id: string;
  readonly birthDate: string;
  readonly sex: 'F' | 'M';
}

export interface PhantomStudy {
  readonly uid: string;
  readonly id: string;
  readonly date: string;
  readonly time: string;
  readonly accessionNumber: string;
  readonly description: string;
  readonly patientAge: string;
}

export interface PhantomSeries {
  readonly uid: string;
  readonly number: number;
  readonly modality: 'CT' | 'MR' | 'CR';
  readonly description: string;
  readonly bodyPart: string;
  readonly protocol: string;
  readonly frameOfReferenceUid?: string;
  readonly patientPosition?: string;
}

export interface PhantomImage {
  readonly sopClassUid: string;
  readonly sopUid: string;
  readonly number: number;
  readonly imageType: readonly string[];
  readonly comments?: string;
}

export function element(tag: string, vr: string, value?: ElementValue): DataElement {
  return value === undefined ? { tag, vr } : { tag, vr, value };
}

const ISSUER = 'ENKAKU-PHANTOM';
const INSTITUTION = 'ファントム病院（模擬データ）';

export function patientModule(patient: PhantomPatient): DataElement[] {
  return [
    element('00100010', 'PN', patient.name),
    element('00100020', 'LO', patient.id),
    element('00100021', 'LO', ISSUER),
    element('00100030', 'DA', patient.birthDate),
    element('00100040', 'CS', patient.sex),
    // Says to every reader that this is no person; C.7.1.1.
    element('00100200', 'CS', 'YES'),
    element('00104000', 'LT', '模擬データ。実在の人物ではありません。 Phantom, not a person.'),
  ];
}

export function studyModule(study: PhantomStudy): DataElement[] {
  return [
    element('00080020', 'DA', study.date),
    element('00080030', 'TM', study.time),
    element('00080050', 'SH', study.accessionNumber),
    element('00080090', 'PN', 'PHANTOM^IRAI=模擬^依頼=ファントム^イライ'),
    element('00081030', 'LO', study.description),
    element('00101010', 'AS', study.patientAge),
    element('0020000D', 'UI', study.uid),
    element('00200010', 'SH', study.id),
  ];
}

export function seriesModule(series: PhantomSeries, study: PhantomStudy): DataElement[] {
  return [
    element('00080021', 'DA', study.date),
    element('00080031', 'TM', study.time),
    element('00080060', 'CS', series.modality),
    element('0008103E', 'LO', series.description),
    element('00180015', 'CS', series.bodyPart),
    element('00181030', 'LO', series.protocol),
    element('0020000E', 'UI', series.uid),
    element('00200011', 'IS', String(series.number)),
    ...(series.patientPosition ? [element('00185100', 'CS', series.patientPosition)] : []),
    ...(series.frameOfReferenceUid
      ? [element('00200052', 'UI', series.frameOfReferenceUid), element('00201040', 'LO')]
      : []),
  ];
}

export function equipmentModule(model: string): DataElement[] {
  return [
    element('00080070', 'LO', 'Enkaku'),
    element('00080080', 'LO', INSTITUTION),
    element('00081010', 'SH', 'PHANTOM'),
    element('00081090', 'LO', model),
    element('00181000', 'LO', '0'),
    element('00181020', 'LO', '1'),
  ];
}

export function imageModule(image: PhantomImage, study: PhantomStudy): DataElement[] {
  return [
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080008', 'CS', image.imageType),
    element('00080016', 'UI', image.sopClassUid),
    element('00080018', 'UI', image.sopUid),
    element('00080022', 'DA', study.date),
    element('00080023', 'DA', study.date),
    element('00080032', 'TM', study.time),
    element('00080033', 'TM', study.time),
    element('00200013', 'IS', String(image.number)),
    ...(image.comments === undefined ? [] : [element('00204000', 'LT', image.comments)]),
  ];
}

export interface PlaneGeometry {
  readonly positionMm: readonly [number, number, number];
  readonly pixelSpacingMm: number;
  readonly thicknessMm: number;
}

/** Axial, head first supine: rows run to the patient's left, columns to the back. */
export function axialPlaneModule({ positionMm, pixelSpacingMm, thicknessMm }: PlaneGeometry): DataElement[] {
  return [
    element('00180050', 'DS', decimal(thicknessMm)),
    element('00200032', 'DS', positionMm.map(decimal)),
    element('00200037', 'DS', ['1', '0', '0', '0', '1', '0']),
    element('00201041', 'DS', decimal(positionMm[2])),
    element('00280030', 'DS', [decimal(pixelSpacingMm), decimal(pixelSpacingMm)]),
  ];
}

export interface GreyPixels {
  readonly rows: number;
  readonly columns: number;
  readonly bitsStored: number;
  readonly pixels: Uint16Array;
  readonly photometric?: 'MONOCHROME1' | 'MONOCHROME2';
}

export function pixelModule({ rows, columns, bitsStored, pixels, photometric }: GreyPixels): DataElement[] {
  return [
    element('00280002', 'US', 1),
    element('00280004', 'CS', photometric ?? 'MONOCHROME2'),
    element('00280010', 'US', rows),
    element('00280011', 'US', columns),
    element('00280100', 'US', 16),
    element('00280101', 'US', bitsStored),
    element('00280102', 'US', bitsStored - 1),
    element('00280103', 'US', 0),
    element('7FE00010', 'OW', new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)),
  ];
}

/** A Decimal String has at most 16 characters, PS3.5 section 6.2. */
export function decimal(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}
