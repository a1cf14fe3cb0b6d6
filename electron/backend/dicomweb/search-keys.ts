import type { DicomJsonAttribute } from '#shared/dicom/dicom-json.ts';
import type { WebColumn, WebLevel, WebRow } from '#shared/domain/instance-search.ts';

/** How a key is matched, PS3.4 section C.2.2.2. */
export type Matching = 'uid' | 'text' | 'name' | 'date' | 'time' | 'integer' | 'modalities' | 'none';

/** One attribute that QIDO-RS knows by itself, without looking into headers. */
export interface SearchKey {
  readonly tag: string;
  readonly keyword: string;
  readonly vr: string;
  readonly level: WebLevel;
  readonly matching: Matching;
  readonly column?: WebColumn;
  /** Returned whether asked for or not, PS3.18 tables 10.6.3-3 to 10.6.3-5. */
  readonly isReturned: boolean;
}

const key = (
  tag: string,
  keyword: string,
  vr: string,
  [level, matching, column]: readonly [WebLevel, Matching, WebColumn?],
  isReturned = true,
): SearchKey => ({ tag, keyword, vr, level, matching, isReturned, ...(column && { column }) });

export const searchKeys: readonly SearchKey[] = [
  key('00080020', 'StudyDate', 'DA', ['study', 'date', 'studyDate']),
  key('00080030', 'StudyTime', 'TM', ['study', 'time', 'studyTime']),
  key('00080050', 'AccessionNumber', 'SH', ['study', 'text', 'accessionNumber']),
  key('00080061', 'ModalitiesInStudy', 'CS', ['study', 'modalities', 'modalitiesInStudy']),
  key('00080080', 'InstitutionName', 'LO', ['study', 'text', 'facility'], false),
  key('00080090', 'ReferringPhysicianName', 'PN', ['study', 'name', 'referringPhysician']),
  key('00081030', 'StudyDescription', 'LO', ['study', 'text', 'studyDescription']),
  key('00100010', 'PatientName', 'PN', ['study', 'name', 'patientName']),
  key('00100020', 'PatientID', 'LO', ['study', 'text', 'patientId']),
  key('00100021', 'IssuerOfPatientID', 'LO', ['study', 'text', 'issuer']),
  key('00100030', 'PatientBirthDate', 'DA', ['study', 'date', 'birthDate']),
  key('00100040', 'PatientSex', 'CS', ['study', 'text', 'sex']),
  key('0020000D', 'StudyInstanceUID', 'UI', ['study', 'uid', 'studyUid']),
  key('00200010', 'StudyID', 'SH', ['study', 'text', 'studyId']),
  key('00201206', 'NumberOfStudyRelatedSeries', 'IS', ['study', 'none', 'seriesCount']),
  key('00201208', 'NumberOfStudyRelatedInstances', 'IS', ['study', 'none', 'instanceCount']),

  key('00080021', 'SeriesDate', 'DA', ['series', 'date', 'seriesDate'], false),
  key('00080031', 'SeriesTime', 'TM', ['series', 'time', 'seriesTime'], false),
  key('00080060', 'Modality', 'CS', ['series', 'text', 'modality']),
  key('0008103E', 'SeriesDescription', 'LO', ['series', 'text', 'seriesDescription']),
  key('00180015', 'BodyPartExamined', 'CS', ['series', 'text', 'bodyPart'], false),
  key('0020000E', 'SeriesInstanceUID', 'UI', ['series', 'uid', 'seriesUid']),
  key('00200011', 'SeriesNumber', 'IS', ['series', 'integer', 'seriesNumber']),
  key('00201209', 'NumberOfSeriesRelatedInstances', 'IS', ['series', 'none', 'seriesInstanceCount']),

  key('00080016', 'SOPClassUID', 'UI', ['instance', 'uid', 'sopClassUid']),
  key('00080018', 'SOPInstanceUID', 'UI', ['instance', 'uid', 'sopUid']),
  key('00083002', 'AvailableTransferSyntaxUID', 'UI', ['instance', 'none', 'transferSyntaxUid']),
  key('00200013', 'InstanceNumber', 'IS', ['instance', 'integer', 'instanceNumber']),
  key('00280008', 'NumberOfFrames', 'IS', ['instance', 'none', 'numberOfFrames']),
];

/** Returned too, but read from the header of an instance that stands for its series. */
export const headerTags: Readonly<Record<WebLevel, readonly string[]>> = {
  study: [],
  series: ['00400244', '00400245', '00400275'],
  instance: ['00280010', '00280011', '00280100'],
};

/** Attributes of patient and study, PS3.4 tables C.6-1, C.6-2 and C.6-5, that headers may hold besides. */
const ofStudies = [
  '00080201',
  '00080051',
  '00080096',
  '00081032',
  '00081060',
  '00081080',
  '00081110',
  '00100024',
  '00100032',
  '00101001',
  '00101002',
  '00101010',
  '00101020',
  '00101030',
  '00102000',
  '00102110',
  '00102160',
  '00102180',
  '001021B0',
  '00102203',
  '00104000',
  '00321032',
  '00321060',
  '00321064',
  '00324000',
  '00400012',
  '00401012',
];

/** The same of series, equipment and frame of reference. */
const ofSeries = [
  '00080064',
  '00080068',
  '00080070',
  '00080081',
  '00081010',
  '00081040',
  '00081050',
  '00081070',
  '0008103F',
  '00081090',
  '00180050',
  '00181000',
  '00181020',
  '00181030',
  '00185100',
  '00200052',
  '00200060',
  '00201040',
  '00400244',
  '00400245',
  '00400253',
  '00400254',
  '00400275',
];

/** Which attributes a header may answer for at a level, beside the columns. Of instances, all of them. */
export function isOfLevel(tag: string, level: WebLevel): boolean {
  if (level === 'instance') return true;
  return ofStudies.includes(tag) || (level === 'series' && ofSeries.includes(tag));
}

export function allHeaderTags(level: 'study' | 'series'): readonly string[] {
  return level === 'study' ? ofStudies : [...ofStudies, ...ofSeries];
}

/** A column's value as DICOM JSON. Empty values keep their attribute, as type 2 attributes do. */
export function attributeOf({ vr, column }: SearchKey, row: WebRow): DicomJsonAttribute {
  const value = column && row[column];
  if (column === 'patientName') return personName(row);
  if (value === null || value === undefined || value === '') return { vr };
  if (vr === 'PN') {
    const isAscii = /^[\x20-\x7e]*$/.test(String(value));
    return { vr, Value: [isAscii ? { Alphabetic: String(value) } : { Ideographic: String(value) }] };
  }
  if (column === 'modalitiesInStudy') return { vr, Value: String(value).split(',') };
  return { vr, Value: [value] };
}

function personName({ patientName, nameIdeographic, namePhonetic }: WebRow): DicomJsonAttribute {
  const groups = {
    ...(patientName && { Alphabetic: String(patientName) }),
    ...(nameIdeographic && { Ideographic: String(nameIdeographic) }),
    ...(namePhonetic && { Phonetic: String(namePhonetic) }),
  };
  return Object.keys(groups).length === 0 ? { vr: 'PN' } : { vr: 'PN', Value: [groups] };
}
