import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StudySummary } from '#shared/contract/study.ts';
import { openTestArchive, writeInstances } from '#tests/support/archive.ts';
import type { InstanceShape, TestArchive } from '#tests/support/archive.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

let data: ReturnType<typeof temporaryDirectory>;
let source: ReturnType<typeof temporaryDirectory>;
let archive: TestArchive;

beforeEach(() => {
  data = temporaryDirectory();
  source = temporaryDirectory();
  archive = openTestArchive(data.path);
});

afterEach(async () => {
  await archive.close();
  data.remove();
  source.remove();
});

/** Imports one study per shape and gives them back in that order. */
async function importStudies(...shapes: readonly InstanceShape[]): Promise<StudySummary[]> {
  const numbered = shapes.map((shape, index) => ({ study: index + 1, ...shape }));
  // One after the other: which file comes first decides what stands in the record.
  for (const [index, shape] of numbered.entries()) {
    await archive.import(...writeInstances(source.path, [shape], `study-${index}`));
  }
  const { studies } = await archive.client.archive.listStudies({
    sort: { column: 'receivedAt', descending: false },
  });
  return studies.sort((a, b) => a.studyKey - b.studyKey);
}

const candidatesOf = async ({ studyKey }: StudySummary) =>
  (await archive.client.archive.listSamePatientCandidates({ studyKey })).candidates;
const priorsOf = async ({ studyKey }: StudySummary) =>
  (await archive.client.archive.describeStudy({ studyKey })).priors.map(({ study, because }) => [
    study.studyUid,
    because,
  ]);

test('a patient is issuer and number: the same number at two hospitals is two patients', async () => {
  const [a, b, c] = await importStudies({ issuer: 'A' }, { issuer: 'B' }, { issuer: 'A' });
  expect(a?.patient.patientKey).toBe(c?.patient.patientKey);
  expect(a?.patient.patientKey).not.toBe(b?.patient.patientKey);
  expect(await priorsOf(a as StudySummary)).toEqual([[c?.studyUid, 'issuer-and-id']]);
  expect(await priorsOf(b as StudySummary)).toEqual([]);
});

test('patients without a number never merge, whatever their names', async () => {
  const [a, b] = await importStudies({ patientId: '' }, { patientId: '' });
  expect(a?.patient.patientKey).not.toBe(b?.patient.patientKey);
  expect(await priorsOf(a as StudySummary)).toEqual([]);
});

test('one number with two names is one record that says so', async () => {
  const [a] = await importStudies(
    { issuer: 'A' },
    { issuer: 'A', name: 'YAMADA^HANAKO=山田^華子=ヤマダ^ハナコ', birthDate: '19500103' },
  );
  expect(a?.patient.hasDifferentDemographics).toBe(true);
  const { otherDemographics } = await archive.client.archive.describeStudy({ studyKey: a?.studyKey ?? 0 });
  expect(otherDemographics).toEqual([
    {
      name: { alphabetic: 'YAMADA^HANAKO', ideographic: '山田^華子', phonetic: 'ヤマダ^ハナコ' },
      birthDate: '19500103',
      sex: 'F',
    },
  ]);
});

test('other ways to write the same name are no disagreement', async () => {
  const [a] = await importStudies(
    { issuer: 'A', name: 'TAKAHASHI^HANAKO=髙橋^花子=タカハシ^ハナコ' },
    { issuer: 'A', name: 'Takahashi^Hanako=高橋^花子=ﾀｶﾊｼ^ﾊﾅｺ' },
  );
  expect(a?.patient.hasDifferentDemographics).toBe(false);
});

test('only kana name, date of birth and sex together propose the same person', async () => {
  const [own] = await importStudies(
    { issuer: 'A', patientId: '1' },
    { issuer: 'B', patientId: '2', name: 'YAMADA^HANAKO=山田^華子=ﾔﾏﾀﾞ^ﾊﾅｺ' },
    { issuer: 'C', patientId: '3', birthDate: '19500103' },
    { issuer: 'D', patientId: '4', sex: 'M' },
    { issuer: 'E', patientId: '5', name: 'YAMADA^HANAE=山田^花江=ヤマダ^ハナエ' },
  );
  const candidates = await candidatesOf(own as StudySummary);
  expect(candidates.map(({ patient, confirmed }) => [patient.issuer, confirmed])).toEqual([['B', null]]);
});

test('a person confirms, which joins the priors over any number of hospitals, and can take it back', async () => {
  const [a, b, c] = (await importStudies({ issuer: 'A' }, { issuer: 'B' }, { issuer: 'C' })) as [
    StudySummary,
    StudySummary,
    StudySummary,
  ];
  const pair = (first: StudySummary, second: StudySummary) => ({
    patientKeys: [first.patient.patientKey, second.patient.patientKey] as [number, number],
  });
  expect(await priorsOf(a)).toEqual([]);
  await archive.client.archive.confirmSamePatient(pair(a, b));
  await archive.client.archive.confirmSamePatient(pair(c, b));
  const priors = await priorsOf(a);
  expect(priors).toHaveLength(2);
  expect(priors).toContainEqual([b.studyUid, 'confirmed']);
  expect(priors).toContainEqual([c.studyUid, 'confirmed']);
  expect(
    (await candidatesOf(a)).find(({ patient }) => patient.issuer === 'B')?.confirmed?.person,
  ).toBeTruthy();
  // The records stay two: nothing that was written is changed.
  const { studies } = await archive.client.archive.listStudies({});
  expect(new Set(studies.map(({ patient }) => patient.patientKey)).size).toBe(3);

  await archive.client.archive.separatePatients(pair(b, a));
  expect(await priorsOf(a)).toEqual([]);
  expect(await priorsOf(b)).toEqual([[c.studyUid, 'confirmed']]);
});
