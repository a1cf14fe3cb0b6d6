import { readdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestArchive, writeInstances } from '#tests/support/archive.ts';
import type { TestArchive } from '#tests/support/archive.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let data: ReturnType<typeof temporaryDirectory>;
let source: ReturnType<typeof temporaryDirectory>;
let archive: TestArchive;

beforeEach(async () => {
  data = temporaryDirectory();
  source = temporaryDirectory();
  archive = openTestArchive(data.path);
  writeInstances(source.path, [
    { study: 1, number: 1, pixel: 1 },
    { study: 1, number: 1, pixel: 2 },
    { study: 2, number: 1, patientId: '2002' },
  ]);
  await archive.import(source.path);
});

afterEach(async () => {
  await archive.close();
  data.remove();
  source.remove();
});

const listed = async () => (await archive.client.archive.listStudies({})).studies;
const inBin = async () => (await archive.client.archive.listBin({})).entries;
const objects = () =>
  readdirSync(path.join(data.path, 'objects'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  );
const keyOf = async (patientId: string) => {
  const study = (await listed()).find(({ patient }) => patient.id === patientId);
  if (!study) throw new Error(`no study of ${patientId}`);
  return study.studyKey;
};
const deleteStudyOf = async (patientId: string) =>
  archive.client.archive.deleteStudies({ studyKeys: [await keyOf(patientId)], reason: '患者間違い' });

/** A start so many days later: what is in the bin is that much older. */
async function startDaysLater(days: number): Promise<void> {
  await archive.close();
  const database = new Database(path.join(data.path, 'enkaku.sqlite3'));
  database.prepare('UPDATE bin_entries SET deleted_at_ms = deleted_at_ms - ?').run(days * DAY_MS);
  database.close();
  archive = openTestArchive(data.path);
}

test('what was deleted is hidden everywhere, with its reason and who did it, and comes back whole', async () => {
  await deleteStudyOf('1001');
  expect((await listed()).map(({ patient }) => patient.id)).toEqual(['2002']);
  expect((await archive.client.archive.countStudies({})).total).toBe(1);
  const web = await archive.backend.bytes(new Request('http://localhost/dicomweb/studies'));
  expect(await web.json()).toHaveLength(1);
  const [entry] = await inBin();
  expect(entry).toMatchObject({ reason: '患者間違い', study: { patient: { id: '1001' } } });
  expect(entry?.deletedBy).toBeTruthy();
  expect((entry?.purgeAtMs ?? 0) - (entry?.deletedAtMs ?? 0)).toBe(30 * DAY_MS);
  expect(objects()).toHaveLength(3);
  await archive.client.archive.restoreStudies({ studyKeys: [entry?.study.studyKey ?? 0] });
  expect(await listed()).toHaveLength(2);
  expect(await inBin()).toEqual([]);
});

test('a reason is demanded', async () => {
  const studyKeys = [await keyOf('1001')];
  await expect(archive.client.archive.deleteStudies({ studyKeys, reason: '  ' })).rejects.toThrow();
  expect(await listed()).toHaveLength(2);
});

test('for 30 days nothing goes; then rows, files and conflicts do, and nothing else', async () => {
  await deleteStudyOf('1001');
  await startDaysLater(29.9);
  expect(await inBin()).toHaveLength(1);
  expect(objects()).toHaveLength(3);
  await startDaysLater(0.2);
  expect(await inBin()).toEqual([]);
  expect(objects()).toHaveLength(1);
  expect((await listed()).map(({ patient }) => patient.id)).toEqual(['2002']);
  await archive.close();
  const database = new Database(path.join(data.path, 'enkaku.sqlite3'), { readonly: true });
  for (const [table, rows] of Object.entries({ patients: 1, studies: 1, instances: 1, conflicts: 0 })) {
    expect([table, database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]).toEqual([table, rows]);
  }
  database.close();
  archive = openTestArchive(data.path);
});

test('importing a deleted study again brings it back and says so', async () => {
  await deleteStudyOf('2002');
  const { totals } = await archive.import(source.path);
  expect(totals).toMatchObject({ imported: 0, restored: 1 });
  expect(await listed()).toHaveLength(2);
  expect(await inBin()).toEqual([]);
});

test('after it was purged it is imported like any other', async () => {
  await deleteStudyOf('2002');
  await startDaysLater(31);
  expect(objects()).toHaveLength(2);
  expect((await archive.import(source.path)).totals).toMatchObject({ imported: 1, restored: 0 });
  expect(objects()).toHaveLength(3);
});
