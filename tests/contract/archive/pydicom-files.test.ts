import { cpSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstText } from '#shared/dicom/attributes.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { pydicomFiles } from '#tests/support/dicom-files.ts';
import { runPython } from '#tests/support/python.ts';
import { openWebArchive } from '#tests/support/web-archive.ts';
import type { WebArchive } from '#tests/support/web-archive.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';
import { aZip } from '#tests/support/zip-files.ts';

/** What DICOM files of pydicom's own tests are refused with: most are pieces of instances, or broken on purpose. */
const refusedDicom: Readonly<Record<string, string>> = {
  'charset_files/chrSQEncoding.dcm': 'missing-uid',
  'charset_files/chrSQEncoding1.dcm': 'missing-uid',
  // Color Palette Storage belongs to no study.
  ...Object.fromEntries(
    ['fall', 'hotiron', 'hotmetalblue', 'pet', 'pet20step', 'spring', 'summer', 'winter'].map((name) => [
      `palettes/${name}.dcm`,
      'missing-uid',
    ]),
  ),
  'test_files/MR_truncated.dcm': 'truncated',
  'test_files/UN_sequence.dcm': 'missing-uid',
  // Number of Frames is "1A".
  'test_files/badVR.dcm': 'malformed',
  'test_files/empty_charset_LEI.dcm': 'missing-uid',
  // Begins with an attribute of group 0001, which no data set has.
  'test_files/meta_missing_tsyntax.dcm': 'not-dicom',
  'test_files/nested_priv_SQ.dcm': 'missing-uid',
  // Begins with a stray byte; DCMTK does not read it either.
  'test_files/no_meta.dcm': 'not-dicom',
  'test_files/no_meta_group_length.dcm': 'missing-uid',
  'test_files/priv_SQ.dcm': 'missing-uid',
  'test_files/rtplan_truncated.dcm': 'truncated',
};

let archive: WebArchive;
beforeAll(() => {
  archive = openWebArchive();
});
afterAll(() => archive.close());

const allFiles = readdirSync(pydicomFiles, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name));
const nameOf = (file: string) => path.relative(pydicomFiles, file);

test('every file of pydicom is imported, or refused for what is wrong with it', async () => {
  const totals = await archive.importPaths([pydicomFiles]);
  const rejected = Object.fromEntries(totals.rejected.map(({ file, code }) => [nameOf(file), code]));
  const other = Object.entries(rejected).filter(([name]) => !name.endsWith('.dcm'));
  expect(Object.fromEntries(Object.entries(rejected).filter(([name]) => name.endsWith('.dcm')))).toEqual(
    refusedDicom,
  );
  for (const [name, code] of other) {
    expect(code, name).toBe(name.endsWith('.gz') ? 'compressed-file' : 'not-dicom');
  }
  const indexes = allFiles.filter((file) => path.basename(file).startsWith('DICOMDIR'));
  const taken = totals.imported + totals.duplicates + totals.conflicts;
  expect(taken + totals.rejected.length + indexes.length).toBe(allFiles.length);
  // The same images in several transfer syntaxes, under one UID.
  expect(totals.conflicts).toBeGreaterThan(20);
});

test('names come out as pydicom decodes them, in every character set', async () => {
  const files = allFiles.filter((file) => nameOf(file).startsWith('charset_files') && file.endsWith('.dcm'));
  // Some share an instance UID under different texts; the first that came is the archived one.
  const expected = new Map<string, unknown[]>();
  for (const line of runPython('dicom-json.py', files.join('\n'))) {
    const { json } = JSON.parse(line) as { json: DicomJson };
    const sopUid = firstText(json, '00080018') ?? '';
    if (!json['0020000D']) continue;
    expected.set(sopUid, [...(expected.get(sopUid) ?? []), json['00100010']?.Value]);
  }
  let compared = 0;
  for (const instance of await archive.json('/instances?includefield=all&limit=10000')) {
    const [study, series, sopUid] = ['0020000D', '0020000E', '00080018'].map((tag) =>
      firstText(instance, tag),
    );
    const names = expected.get(sopUid ?? '');
    if (!names) continue;
    const [header] = await archive.json(`/studies/${study}/series/${series}/instances/${sopUid}/metadata`);
    expect(names, sopUid).toContainEqual(header?.['00100010']?.Value);
    compared++;
  }
  expect(compared).toBe(expected.size);
  expect(compared).toBeGreaterThan(12);
});

test.each([
  ['やまだ', 'chrH31'],
  ['ヤマダ', 'chrH32'],
  ['山田', 'chrH31'],
  ['люкceмбypг', 'chrRuss'],
  ['김희중', 'chrKoreanMulti'],
  ['王', 'chrX1'],
  ['王', 'chrX2'],
  ['لنزار', 'chrArab'],
])('a search for %s finds the study of %s', async (typed, file) => {
  const bytes = readFileSync(path.join(pydicomFiles, 'charset_files', `${file}.dcm`)).toString('latin1');
  const { studies } = await archive.client.archive.listStudies({ text: typed, limit: 100 });
  const found = studies.filter(({ studyUid }) => bytes.includes(studyUid));
  expect(found).toHaveLength(1);
});

test('the same files from a zip archive and from their medium are the same instances', async () => {
  const folder = temporaryDirectory();
  const media = path.join(folder.path, 'media');
  cpSync(path.join(pydicomFiles, 'test_files/dicomdirtests'), media, { recursive: true });
  const named = await archive.importPaths([path.join(media, 'DICOMDIR')]);
  expect(named).toMatchObject({ imported: 0, duplicates: 31, rejected: [] });
  const members = allFiles
    .filter((file) => nameOf(file).startsWith('test_files/'))
    .map((file) => ({ name: nameOf(file), bytes: readFileSync(file) }));
  const zipped = await archive.import({ 'all.zip': aZip(members) });
  expect(zipped).toMatchObject({ imported: 0 });
  const refused = Object.keys(refusedDicom).filter((name) => name.startsWith('test_files/'));
  // An index is known by its name there, and some of these have other names.
  const others = zipped.rejected.filter(({ code }) => code !== 'media-directory');
  expect(others.filter(({ file }) => file.endsWith('.dcm'))).toHaveLength(refused.length);
  folder.remove();
});
