import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { element } from '#tests/support/dicom-files.ts';
import {
  CT_IMAGE,
  imageFile,
  instancePath,
  seriesUid,
  sopUid,
  studyUid,
  wordsOf,
} from '#tests/support/made-instances.ts';
import type { Place } from '#tests/support/made-instances.ts';
import { ORIGIN, openWebArchive } from '#tests/support/web-archive.ts';

const archive = openWebArchive();

const yamada = { id: 'P1', name: 'YAMADA^TARO=山田^太郎=ヤマダ^タロウ', birthDate: '19510203', sex: 'M' };
const watanabe = {
  id: 'P2',
  name: 'WATANABE^HANAKO=渡邊^花子=ワタナベ^ハナコ',
  issuer: 'KITA',
  birthDate: '19800101',
};
const mueller = { id: 'P%_3', name: 'Müller^Jörg' };

function slice(place: Place, attributes: Readonly<Record<string, readonly [vr: string, value: string]>>) {
  const others = Object.entries(attributes).map(([tag, [vr, value]]) => element(tag, vr, value));
  return imageFile({ ...place, shape: { rows: 2, columns: 2 }, pixels: wordsOf(1, 2, 3, 4), others });
}

beforeAll(async () => {
  const first = {
    '00080020': ['DA', '20240131'],
    '00080030': ['TM', '101500.123'],
    '00080050': ['SH', 'A-1'],
  } as const;
  const second = {
    '00080020': ['DA', '20240201'],
    '00080030': ['TM', '1030'],
    '00080050': ['SH', 'B[2]'],
    '00080090': ['PN', 'SUZUKI^ICHIRO'],
    '00081030': ['LO', 'Brain'],
    '00104000': ['LT', 'Patient comments'],
  } as const;
  const { imported } = await archive.import({
    a: slice(
      { patient: yamada, study: 1, series: 1, instance: 1 },
      { ...first, '0008103E': ['LO', 'Axial'] },
    ),
    b: slice(
      { patient: yamada, study: 1, series: 1, instance: 2 },
      { ...first, '0008103E': ['LO', 'Axial'] },
    ),
    c: slice({ patient: yamada, study: 1, series: 2, instance: 1, modality: 'SR' }, first),
    d: slice({ patient: watanabe, study: 2, series: 1, instance: 1, modality: 'MR' }, second),
    e: slice({ patient: mueller, study: 3, series: 1, instance: 1, modality: 'US' }, {}),
    // The study UID of another patient: a copy of a phantom, a reused number.
    f: slice({ patient: { id: 'P9', name: 'OTHER' }, study: 3, series: 7, instance: 1, modality: 'US' }, {}),
  });
  expect(imported).toBe(6);
});

afterAll(() => archive.close());

const values = (json: DicomJson | undefined, tag: string) => json?.[tag]?.Value ?? [];
const first = (json: DicomJson | undefined, tag: string) => values(json, tag)[0];
const patientsIn = (found: readonly DicomJson[]) =>
  found.map((each) => first(each, '00100020') as string).sort(byText);
const byText = (a: string, b: string) => (a < b ? -1 : 1);
const studiesFound = async (query: string) => patientsIn(await archive.json(`/studies?${query}`));

describe('studies', () => {
  test('come newest first with everything PS3.18 asks for', async () => {
    const response = await archive.ask('/studies');
    expect(response.headers.get('Content-Type')).toBe('application/dicom+json');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    const studies = (await response.json()) as DicomJson[];
    expect(studies.map((study) => first(study, '0020000D'))).toEqual(
      [2, 1, 3, 3].map((study) => studyUid(study)),
    );
    expect(studies[1]).toEqual({
      '00080020': { vr: 'DA', Value: ['20240131'] },
      '00080030': { vr: 'TM', Value: ['101500.123'] },
      '00080050': { vr: 'SH', Value: ['A-1'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080061': { vr: 'CS', Value: ['CT', 'SR'] },
      '00080090': { vr: 'PN' },
      '00081030': { vr: 'LO' },
      '00081190': { vr: 'UR', Value: [`${ORIGIN}/dicomweb/studies/${studyUid(1)}`] },
      '00100010': {
        vr: 'PN',
        Value: [{ Alphabetic: 'YAMADA^TARO', Ideographic: '山田^太郎', Phonetic: 'ヤマダ^タロウ' }],
      },
      '00100020': { vr: 'LO', Value: ['P1'] },
      '00100021': { vr: 'LO' },
      '00100030': { vr: 'DA', Value: ['19510203'] },
      '00100040': { vr: 'CS', Value: ['M'] },
      '0020000D': { vr: 'UI', Value: [studyUid(1)] },
      '00200010': { vr: 'SH' },
      '00201206': { vr: 'IS', Value: [2] },
      '00201208': { vr: 'IS', Value: [3] },
    });
  });

  test.each([
    ['PatientID=P1', ['P1']],
    ['00100020=P1', ['P1']],
    ['PatientID=p1', []],
    ['PatientID=P%25_3', ['P%_3']],
    ['PatientID=P?', ['P1', 'P2', 'P9']],
    ['PatientID=P*', ['P%_3', 'P1', 'P2', 'P9']],
    ['PatientID=', ['P%_3', 'P1', 'P2', 'P9']],
    ['AccessionNumber=B[2]', ['P2']],
    ['AccessionNumber=B[*', ['P2']],
    ['PatientName=yamada*', ['P1']],
    ['PatientName=YAMADA^TARO^^', ['P1']],
    ['PatientName=YAMADA', []],
    ['PatientName=山田*', ['P1']],
    ['PatientName=*タロウ', ['P1']],
    ['PatientName=YAMADA*=山田*', ['P1']],
    ['PatientName==渡邊*', ['P2']],
    ['PatientName=渡辺*', []],
    ['PatientName=渡辺&fuzzymatching=true', ['P2']],
    ['PatientName=わたなべ はなこ&fuzzymatching=true', ['P2']],
    ['PatientName=muller&fuzzymatching=true', ['P%_3']],
    ['ReferringPhysicianName=suzuki*', ['P2']],
    ['IssuerOfPatientID=KITA', ['P2']],
    ['PatientBirthDate=19500101-19600101', ['P1']],
    ['StudyDate=20240131', ['P1']],
    ['StudyDate=20240131-20240201', ['P1', 'P2']],
    ['StudyDate=20240201-', ['P2']],
    ['StudyDate=-20240131', ['P1']],
    ['StudyTime=10', ['P1', 'P2']],
    ['StudyTime=1000-1020', ['P1']],
    ['StudyTime=1030-', ['P2']],
    ['ModalitiesInStudy=SR', ['P1']],
    ['ModalitiesInStudy=MR,SR', ['P1', 'P2']],
    ['StudyDescription=B*n', ['P2']],
    [`StudyInstanceUID=${studyUid(1)},${studyUid(2)}`, ['P1', 'P2']],
    [`StudyInstanceUID=${studyUid(1)}%5C${studyUid(2)}`, ['P1', 'P2']],
    [`PatientID=P1&StudyInstanceUID=${studyUid(2)}`, []],
  ])('are found by %s', async (query, expected) => {
    expect(await studiesFound(query)).toEqual(expected);
  });

  test.each([
    ['StudyDate=yesterday'],
    ['StudyDate=20240101-20240201-20240301'],
    ['StudyInstanceUID=../../etc'],
    ['NoSuchAttribute=1'],
    ['constructor=1'],
    ['limit=-1'],
    ['offset=x'],
    ['fuzzymatching=maybe'],
    ['includefield=Nonsense'],
  ])('are not guessed from %s', async (query) => {
    expect((await archive.ask(`/studies?${query}`)).status).toBe(400);
  });

  test('by a key that cannot be matched: what was ignored is said', async () => {
    const response = await archive.ask('/studies?PatientComments=nobody&emptyvaluematching=true');
    expect(response.status).toBe(200);
    expect(response.headers.get('Warning')).toContain('299');
    expect(response.headers.get('Warning')).toContain('PatientComments');
    expect(response.headers.get('Warning')).toContain('emptyvaluematching');
  });

  test('page by page; what is left out is said, nothing is 204', async () => {
    const response = await archive.ask('/studies?limit=1&offset=1');
    expect((await response.json()) as DicomJson[]).toHaveLength(1);
    expect(response.headers.get('Warning')).toBe(
      `299 ${ORIGIN}/dicomweb "There are 2 additional results that can be requested"`,
    );
    const last = await archive.ask('/studies?limit=10&offset=3');
    expect(last.headers.get('Warning')).toBeNull();
    for (const empty of [
      '/studies?offset=4',
      '/studies?PatientID=nobody',
      `/studies/${studyUid(99)}/series`,
    ]) {
      const none = await archive.ask(empty);
      expect([none.status, await none.text()]).toEqual([204, '']);
    }
  });

  test('with more of their header if asked for', async () => {
    const [some] = await archive.json(
      '/studies?PatientID=P2&includefield=PatientComments,00080070&includefield=InstitutionName',
    );
    expect(first(some, '00104000')).toBe('Patient comments');
    expect(some).toHaveProperty('00080080');
    // Of series and instances nothing is said at this level.
    expect(some).not.toHaveProperty('00080070');
    const [all] = await archive.json('/studies?PatientID=P2&includefield=all');
    expect(first(all, '00104000')).toBe('Patient comments');
    expect(all).not.toHaveProperty('00280010');
  });
});

describe('series', () => {
  test('of a study, and of all', async () => {
    const own = await archive.json(`/studies/${studyUid(1)}/series`);
    expect(own.map((series) => first(series, '0020000E'))).toEqual([seriesUid(1, 1), seriesUid(1, 2)]);
    expect(own[0]).toMatchObject({
      '00080060': { Value: ['CT'] },
      '0008103E': { Value: ['Axial'] },
      '0020000D': { Value: [studyUid(1)] },
      '00200011': { Value: [1] },
      '00201209': { Value: [2] },
      '00081190': { Value: [`${ORIGIN}/dicomweb/studies/${studyUid(1)}/series/${seriesUid(1, 1)}`] },
    });
    expect(own[0]).not.toHaveProperty('00100020');
    expect(patientsIn(await archive.json('/series?Modality=US'))).toEqual(['P%_3', 'P9']);
    expect(await archive.json('/series?Modality=CT&PatientID=P2')).toEqual([]);
    expect(await archive.json(`/studies/${studyUid(1)}/series?SeriesNumber=2`)).toHaveLength(1);
    expect((await archive.ask('/series?SeriesNumber=two')).status).toBe(400);
  });
});

describe('instances', () => {
  test('of a series, a study and all', async () => {
    const own = await archive.json(`/studies/${studyUid(1)}/series/${seriesUid(1, 1)}/instances`);
    expect(own.map((instance) => first(instance, '00200013'))).toEqual([1, 2]);
    expect(own[1]).toEqual({
      '00080016': { vr: 'UI', Value: [CT_IMAGE] },
      '00080018': { vr: 'UI', Value: [sopUid(1, 1, 2)] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00081190': { vr: 'UR', Value: [`${ORIGIN}/dicomweb${instancePath(1, 1, 2)}`] },
      '00083002': { vr: 'UI', Value: ['1.2.840.10008.1.2.1'] },
      '0020000D': { vr: 'UI', Value: [studyUid(1)] },
      '0020000E': { vr: 'UI', Value: [seriesUid(1, 1)] },
      '00200013': { vr: 'IS', Value: [2] },
      '00280008': { vr: 'IS', Value: [1] },
      '00280010': { vr: 'US', Value: [2] },
      '00280011': { vr: 'US', Value: [2] },
      '00280100': { vr: 'US', Value: [16] },
    });
    expect(await archive.json(`/studies/${studyUid(1)}/instances`)).toHaveLength(3);
    expect(await archive.json(`/studies/${studyUid(1)}/instances?Modality=SR`)).toHaveLength(1);
    expect(await archive.json('/instances')).toHaveLength(6);
    expect(
      await archive.json(`/instances?SOPInstanceUID=${sopUid(1, 1, 1)},${sopUid(2, 1, 1)}`),
    ).toHaveLength(2);
  });

  test('with any attribute of their header, but no bulk data', async () => {
    const [some] = await archive.json(`/instances?PatientID=P2&includefield=BitsStored`);
    expect(first(some, '00280101')).toBe(16);
    const [all] = await archive.json('/instances?PatientID=P2&includefield=all');
    expect(first(all, '00104000')).toBe('Patient comments');
    expect(all).not.toHaveProperty('7FE00010');
  });
});

test('what was deleted is not found any more', async () => {
  const { studies } = await archive.client.archive.listStudies({});
  const study = studies.find(({ patient }) => patient.id === 'P2');
  if (!study) throw new Error('the study is missing');
  await archive.client.archive.deleteStudies({ studyKeys: [study.studyKey], reason: 'test' });
  expect(await studiesFound('PatientID=P2')).toEqual([]);
  expect(await archive.json('/instances?PatientID=P2')).toEqual([]);
  expect((await archive.ask(`${instancePath(2, 1, 1)}/metadata`)).status).toBe(404);
  await archive.client.archive.restoreStudies({ studyKeys: [study.studyKey] });
  expect(await studiesFound('PatientID=P2')).toEqual(['P2']);
});
