import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { aFile, element, imageShape } from './dicom-files.ts';
import type { FileOptions, ImageShape } from './dicom-files.ts';

/** Where an instance belongs; numbers make UIDs. */
export interface Place {
  readonly patient?: {
    readonly id: string;
    readonly name?: string;
    readonly issuer?: string;
    readonly birthDate?: string;
    readonly sex?: string;
  };
  readonly study?: number;
  readonly series?: number;
  readonly instance?: number;
  readonly modality?: string;
}

const ROOT = '1.2.826.0.1.3680043.8.498';
export const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';

export const studyUid = (study = 1) => `${ROOT}.${study}`;
export const seriesUid = (study = 1, series = 1) => `${studyUid(study)}.${series}`;
export const sopUid = (study = 1, series = 1, instance = 1) => `${seriesUid(study, series)}.${instance}`;

/** Path of an instance below '/dicomweb'. */
export const instancePath = (study = 1, series = 1, instance = 1) =>
  `/studies/${studyUid(study)}/series/${seriesUid(study, series)}/instances/${sopUid(study, series, instance)}`;

/** What every instance says of whose it is and where it belongs. */
export function placed(place: Place = {}): DataElement[] {
  const { patient = { id: 'P1', name: 'YAMADA^TARO' }, study = 1, series = 1, instance = 1 } = place;
  return [
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080016', 'UI', CT_IMAGE),
    element('00080018', 'UI', sopUid(study, series, instance)),
    element('00080060', 'CS', place.modality ?? 'CT'),
    element('00100010', 'PN', patient.name ?? ''),
    element('00100020', 'LO', patient.id),
    ...(patient.issuer === undefined ? [] : [element('00100021', 'LO', patient.issuer)]),
    element('00100030', 'DA', patient.birthDate ?? ''),
    element('00100040', 'CS', patient.sex ?? ''),
    element('0020000D', 'UI', studyUid(study)),
    element('0020000E', 'UI', seriesUid(study, series)),
    element('00200011', 'IS', String(series)),
    element('00200013', 'IS', String(instance)),
  ];
}

export interface ImageFile extends Place, FileOptions {
  readonly shape?: ImageShape;
  readonly pixels: Uint8Array;
  /** Replace what is there under the same tag. */
  readonly others?: readonly DataElement[];
}

/** An image as a Part 10 file. */
export function imageFile({ shape = {}, pixels, others = [], ...options }: ImageFile): Buffer {
  const own = new Set(others.map(({ tag }) => tag));
  const vr = (shape.bits ?? 16) > 8 ? 'OW' : 'OB';
  const usual = [...placed(options), ...imageShape(shape), element('7FE00010', vr, pixels)];
  return aFile([...usual.filter(({ tag }) => !own.has(tag)), ...others], options);
}

export const wordsOf = (...values: readonly number[]) => new Uint8Array(Uint16Array.from(values).buffer);
