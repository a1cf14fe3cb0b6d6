import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOf, instanceFile, openTestArchive, writeInstances } from '#tests/support/archive.ts';
import type { TestArchive } from '#tests/support/archive.ts';
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

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const objectsOnDisk = () =>
  readdirSync(path.join(data.path, 'objects'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  );
const stagedOnDisk = () => readdirSync(path.join(data.path, 'staging'));
const onlyStudy = async () => {
  const { studies } = await archive.client.archive.listStudies({});
  expect(studies).toHaveLength(1);
  const [study] = studies;
  if (!study) throw new Error('no study');
  return study;
};

test('original bytes come back, whatever the preamble says', async () => {
  const file = instanceFile();
  file.write('MZ this is no program', 0);
  writeFileSync(path.join(source.path, 'a.dcm'), file);
  const stored: { sop: string; sha256: string }[] = [];
  archive.client.archive.on('instanceStored', ({ sop, sha256: hash }) => stored.push({ sop, sha256: hash }));
  const { totals } = await endOf(archive.client, () =>
    archive.client.archive.startImport({ paths: [source.path], reportEach: true }),
  );
  expect(totals).toMatchObject({ imported: 1, duplicates: 0, conflicts: 0, rejected: [], studies: 1 });
  expect(totals.bytes).toBe(file.length);
  const [one] = stored;
  expect(one?.sha256).toBe(sha256(file));
  const response = await archive.backend.bytes(await wadoRequest(one?.sop ?? ''));
  expect(Buffer.from(await response.arrayBuffer()).includes(file)).toBe(true);
});

async function wadoRequest(sop: string): Promise<Request> {
  const study = await onlyStudy();
  const { series } = await archive.client.archive.describeStudy({ studyKey: study.studyKey });
  const address = `/dicomweb/studies/${study.studyUid}/series/${series[0]?.seriesUid}/instances/${sop}`;
  return new Request(`http://localhost${address}`, {
    headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
  });
}

test('a study tells what is in it', async () => {
  writeInstances(source.path, [
    { series: 1, number: 1, description: '胸部CT', bodyPart: 'CHEST', accessionNumber: 'A1' },
    { series: 1, number: 2, description: '胸部CT', bodyPart: 'CHEST' },
    { series: 1, number: 3, description: '胸部CT', bodyPart: 'CHEST' },
    { series: 2, number: 1, modality: 'SR', frames: 4 },
  ]);
  await archive.import(source.path);
  const study = await onlyStudy();
  expect(study).toMatchObject({
    description: '胸部CT',
    accessionNumber: 'A1',
    modalities: ['CT', 'SR'],
    bodyParts: ['CHEST'],
    seriesCount: 2,
    instanceCount: 4,
    openedAtMs: null,
    isPinned: false,
    conflictCount: 0,
    facility: '島の診療所',
  });
  expect(study.patient).toMatchObject({
    id: '1001',
    issuer: '島の診療所',
    name: { alphabetic: 'YAMADA^HANAKO', ideographic: '山田^花子', phonetic: 'ヤマダ^ハナコ' },
  });
  const { series } = await archive.client.archive.describeStudy({ studyKey: study.studyKey });
  expect(
    series.map(({ instanceCount, frameCount, representative }) => [
      instanceCount,
      frameCount,
      representative?.sopUid.slice(-4),
      representative?.frameNumber,
    ]),
  ).toEqual([
    [3, 3, '.1.2', 1],
    [1, 4, '.2.1', 2],
  ]);
});

describe('the same again', () => {
  test('is a duplicate, also with another File Meta Information, and leaves nothing behind', async () => {
    const file = instanceFile();
    writeFileSync(path.join(source.path, 'a.dcm'), file);
    await archive.import(source.path);
    const otherPreamble = Buffer.from(file);
    otherPreamble[0] = 1;
    writeFileSync(path.join(source.path, 'b.dcm'), otherPreamble);
    const { totals } = await archive.import(source.path);
    expect(totals).toMatchObject({ imported: 0, duplicates: 2, conflicts: 0 });
    expect(objectsOnDisk()).toHaveLength(1);
    expect(stagedOnDisk()).toEqual([]);
  });

  test('brings back an object whose file was lost', async () => {
    const [file = ''] = writeInstances(source.path, [{}]);
    await archive.import(file);
    const [object = ''] = objectsOnDisk();
    const objectPath = path.join(data.path, 'objects', object);
    writeFileSync(objectPath, '');
    expect((await archive.import(file)).totals.duplicates).toBe(1);
    expect(readFileSync(objectPath)).toEqual(readFileSync(file));
  });
});

test('another data set under the same UID is kept aside and shown', async () => {
  writeInstances(source.path, [
    { pixel: 1 },
    { pixel: 2, description: 'other' },
    { pixel: 2, description: 'other' },
  ]);
  const first = await archive.import(path.join(source.path, 'image-0000.dcm'));
  expect(first.totals).toMatchObject({ imported: 1, conflicts: 0 });
  const second = await archive.import(source.path);
  expect(second.totals).toMatchObject({ imported: 0, duplicates: 1, conflicts: 2 });
  const study = await onlyStudy();
  expect(study).toMatchObject({ instanceCount: 1, conflictCount: 1, description: '' });
  const { conflicts } = await archive.client.archive.listConflicts({ studyKey: study.studyKey });
  expect(conflicts).toHaveLength(1);
  expect(conflicts[0]?.differences).toEqual([{ tag: '00081030', archived: '', arrived: 'other' }]);
  expect(objectsOnDisk()).toHaveLength(2);
  expect(stagedOnDisk()).toEqual([]);
});

test('a refused file is listed with its reason and harms nothing else', async () => {
  writeInstances(source.path, [{ number: 1 }, { number: 2 }]);
  writeFileSync(path.join(source.path, 'image-0000-letter.txt'), 'Dear colleague,');
  writeFileSync(path.join(source.path, 'truncated.dcm'), instanceFile({ number: 3 }).subarray(0, 700));
  const { totals } = await archive.import(source.path, path.join(source.path, 'nothing-here'));
  expect(totals.imported).toBe(2);
  expect(new Set(totals.rejected.map(({ file, code }) => `${path.basename(file)} ${code}`))).toEqual(
    new Set(['image-0000-letter.txt not-dicom', 'nothing-here missing-file', 'truncated.dcm truncated']),
  );
  expect(stagedOnDisk()).toEqual([]);
});

test('cancelling ends at once; what is stored stays, and starting again continues', async () => {
  writeInstances(
    source.path,
    Array.from({ length: 200 }, (_, index) => ({ number: index + 1, size: 64 })),
  );
  let cancelled = 0;
  const end = await endOf(archive.client, async () => {
    const started = await archive.client.archive.startImport({ paths: [source.path] });
    const stop = archive.client.archive.on('importProgressed', ({ filesDone }) => {
      if (filesDone === 0 || cancelled > 0) return;
      cancelled = performance.now();
      stop();
      void archive.client.archive.cancelImport(started);
    });
    return started;
  });
  // Within a second on a machine with nothing else to do.
  expect(performance.now() - cancelled).toBeLessThan(5000);
  expect(end.wasCancelled).toBe(true);
  expect(end.totals.imported).toBeGreaterThan(0);
  expect(end.totals.imported).toBeLessThan(200);
  expect(stagedOnDisk()).toEqual([]);
  expect(objectsOnDisk()).toHaveLength(end.totals.imported);
  expect((await onlyStudy()).instanceCount).toBe(end.totals.imported);
  const again = await archive.import(source.path);
  expect(again.totals).toMatchObject({
    imported: 200 - end.totals.imported,
    duplicates: end.totals.imported,
  });
  expect((await onlyStudy()).instanceCount).toBe(200);
});

test('a page that was loaded again sees running and ended imports', async () => {
  writeInstances(source.path, [{}]);
  await archive.import(source.path);
  const { imports } = await archive.client.archive.listImports({});
  expect(imports).toHaveLength(1);
  expect(imports[0]).toMatchObject({
    label: path.basename(source.path),
    state: 'ended',
    problem: null,
    progress: { phase: 'finishing', filesDone: 1, filesFound: 1, rejectedCount: 0 },
  });
});

test('files without issuer and institution get those of the settings', async () => {
  await archive.client.settings.change({ importDefaults: { issuer: 'CD', facility: '持参' } });
  const [file = ''] = writeInstances(source.path, [{ facility: '' }]);
  await archive.import(file);
  expect(await onlyStudy()).toMatchObject({ facility: '持参', patient: { issuer: 'CD' } });
});

describe('uploads', () => {
  const post = (jobId: string, name: string, body: Uint8Array<ArrayBuffer> | string) =>
    archive.backend.bytes(
      new Request(`http://localhost/import/${jobId}?name=${encodeURIComponent(name)}`, {
        method: 'POST',
        body,
      }),
    );

  test('are answered per file when durable, and end like any import', async () => {
    const { jobId } = await archive.client.archive.openUpload({ label: 'ドロップ' });
    const answer = await post(jobId, 'CD/IM1', Uint8Array.from(instanceFile()));
    expect(await answer.json()).toEqual({ imported: 1, duplicates: 0, conflicts: 0, rejected: [] });
    const refused = (await (await post(jobId, 'CD/letter.txt', 'Dear colleague')).json()) as {
      rejected: unknown;
    };
    expect(refused.rejected).toMatchObject([{ file: 'CD/letter.txt', code: 'not-dicom' }]);
    const end = await endOf(archive.client, async () => {
      await archive.client.archive.closeUpload({ jobId });
      return { jobId };
    });
    expect(end.totals).toMatchObject({ imported: 1, rejected: [{ file: 'CD/letter.txt' }] });
    expect(stagedOnDisk()).toEqual([]);
    expect((await post(jobId, 'late', 'x')).status).toBe(404);
  });

  test('closing waits for what is on its way', async () => {
    const { jobId } = await archive.client.archive.openUpload({ label: 'slow' });
    const file = instanceFile();
    const slow = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(file.subarray(0, 300));
        await new Promise((resolve) => setTimeout(resolve, 200));
        controller.enqueue(file.subarray(300));
        controller.close();
      },
    });
    const request = new Request(`http://localhost/import/${jobId}?name=slow`, {
      method: 'POST',
      body: slow,
      duplex: 'half',
    } as RequestInit);
    const answer = archive.backend.bytes(request);
    const end = await endOf(archive.client, async () => {
      await archive.client.archive.closeUpload({ jobId });
      return { jobId };
    });
    expect((await answer).status).toBe(200);
    expect(end.totals.imported).toBe(1);
  });

  test('an upload that breaks off leaves nothing', async () => {
    const { jobId } = await archive.client.archive.openUpload({ label: 'broken' });
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(1000));
        controller.error(new Error('the page went away'));
      },
    });
    const request = new Request(`http://localhost/import/${jobId}?name=x`, {
      method: 'POST',
      body: broken,
      duplex: 'half',
    } as RequestInit);
    await expect(archive.backend.bytes(request)).rejects.toThrow();
    expect(stagedOnDisk()).toEqual([]);
    await archive.client.archive.closeUpload({ jobId });
  });
});

test('an instance is found by its UID once it is durable', async () => {
  mkdirSync(path.join(source.path, 'deep', 'er'), { recursive: true });
  writeInstances(path.join(source.path, 'deep', 'er'), [{ sopUid: '1.2.3.4.5' }]);
  await archive.import(source.path);
  const response = await archive.backend.bytes(await wadoRequest('1.2.3.4.5'));
  expect(response.status).toBe(200);
  expect(existsSync(path.join(data.path, 'staging'))).toBe(true);
});
