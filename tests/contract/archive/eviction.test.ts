import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupEnd, BringBackEnd } from '#shared/contract/storage.ts';
import type { StudySummary } from '#shared/contract/study.ts';
import { openTestArchive, writeInstances } from '#tests/support/archive.ts';
import type { TestArchive } from '#tests/support/archive.ts';
import { NO_SMALL_DISK, mountSmallDisk } from '#tests/support/small-disk.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

let folder: ReturnType<typeof temporaryDirectory>;
let dataDir: string;
let archive: TestArchive;
/** Another disk: a copy on the same one is no second copy. */
let otherDisk: { readonly path: string; readonly remove: () => void } | undefined;

beforeEach(async (context) => {
  folder = temporaryDirectory();
  otherDisk = findOtherDisk();
  if (!otherDisk) context.skip(NO_SMALL_DISK);
  dataDir = path.join(folder.path, 'data');
  archive = openTestArchive(dataDir);
  const files = temporaryDirectory();
  writeInstances(files.path, [
    { study: 1, number: 1 },
    { study: 1, number: 2 },
    { study: 2, number: 1 },
    { study: 3, number: 1 },
  ]);
  await archive.import(files.path);
  files.remove();
});

afterEach(async () => {
  await archive?.close();
  otherDisk?.remove();
  folder.remove();
});

function findOtherDisk() {
  const memory = '/dev/shm';
  if (existsSync(memory) && statSync(memory).dev !== statSync(folder.path).dev) {
    const inMemory = mkdtempSync(path.join(memory, 'enkaku-test-'));
    return { path: inMemory, remove: () => rmSync(inMemory, { recursive: true, force: true }) };
  }
  return mountSmallDisk(16);
}

const studies = async () =>
  (await archive.client.archive.listStudies({})).studies.sort((a, b) => a.studyKey - b.studyKey);
const study = async (number: number) => (await studies())[number - 1] as StudySummary;
const evictedCounts = async () => (await studies()).map(({ evictedCount }) => evictedCount);
const objects = () =>
  readdirSync(path.join(dataDir, 'objects'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  ).length;

async function backUp(directory = otherDisk?.path ?? ''): Promise<void> {
  const end = new Promise<BackupEnd>((resolve) => {
    const stop = archive.client.archive.on('backupEnded', (each) => {
      stop();
      resolve(each);
    });
  });
  await archive.client.archive.startBackup({ directory });
  expect((await end).problem).toBeNull();
}

const open = async (number: number) =>
  archive.client.archive.markOpened({ studyKey: (await study(number)).studyKey });
const wish = (maximumBytes: number) =>
  archive.client.settings.change({ eviction: { enabled: true, maximumBytes } });

/** A start looks for what may go, as every hour does. */
async function startAgain(): Promise<void> {
  await archive.close();
  archive = openTestArchive(dataDir);
  // Nothing else runs: when no job is listed, whatever was to be evicted is.
  while ((await archive.client.archive.listJobs({})).jobs.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function openAllInTurn(): Promise<void> {
  for (const number of [2, 1, 3]) {
    await open(number);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('is off by default', async () => {
  await backUp();
  await openAllInTurn();
  await startAgain();
  expect(await evictedCounts()).toEqual([0, 0, 0]);
  expect(objects()).toBe(4);
});

test('removes least recently opened studies first, and no more than wished', async () => {
  await backUp();
  await openAllInTurn();
  const [one = 0, , three = 0] = (await studies()).map(({ byteCount }) => byteCount);
  await wish(one + three);
  await startAgain();
  expect(await evictedCounts()).toEqual([0, 1, 0]);
  expect(objects()).toBe(3);
  await wish(three);
  await startAgain();
  expect(await evictedCounts()).toEqual([2, 1, 0]);
  expect((await archive.client.archive.storageSummary({})).eviction).toMatchObject({
    evictedStudies: 2,
    isBlocked: false,
  });
});

test('never what is unread, pinned, or not elsewhere', async () => {
  await backUp();
  await open(1);
  await open(2);
  await archive.client.archive.setPinned({ studyKeys: [(await study(2)).studyKey], isPinned: true });
  // Came after the backup.
  const files = temporaryDirectory();
  writeInstances(files.path, [{ study: 4, number: 1 }]);
  await archive.import(files.path);
  files.remove();
  await open(4);
  await wish(0);
  await startAgain();
  // 1 was read and is elsewhere; 2 is pinned, 3 unread, 4 nowhere else.
  expect(await evictedCounts()).toEqual([2, 0, 0, 0]);
  expect((await archive.client.archive.storageSummary({})).eviction.isBlocked).toBe(true);
});

test('never on the word of a note: each copy is read back before bytes are removed here', async () => {
  await backUp();
  await openAllInTurn();
  const copies = readdirSync(path.join(otherDisk?.path ?? '', 'objects'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => /[0-9a-f]{64}$/.test(name));
  for (const name of copies) writeFileSync(path.join(otherDisk?.path ?? '', 'objects', name), 'damaged');
  await wish(0);
  await startAgain();
  expect(await evictedCounts()).toEqual([0, 0, 0]);
  expect(objects()).toBe(4);
  expect((await archive.client.archive.storageSummary({})).studiesWithoutCopy).toBe(3);
});

test('never on the word of a copy on the same disk', async () => {
  await backUp(path.join(folder.path, 'backup'));
  await openAllInTurn();
  await wish(0);
  await startAgain();
  expect(await evictedCounts()).toEqual([0, 0, 0]);
  expect(objects()).toBe(4);
});

test('what was evicted says where it is, is not served in part, and comes back bit for bit', async () => {
  const { studyUid, studyKey } = await study(1);
  const ask = () =>
    archive.backend.bytes(
      new Request(`http://localhost/dicomweb/studies/${studyUid}`, {
        headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
      }),
    );
  const withoutBoundary = async (response: Response) => {
    const boundary = /boundary=([^;]+)/.exec(response.headers.get('Content-Type') ?? '')?.[1] ?? '';
    return Buffer.from(await response.arrayBuffer())
      .toString('latin1')
      .replaceAll(boundary, '');
  };
  const before = await withoutBoundary(await ask());
  await backUp();
  await openAllInTurn();
  await wish(0);
  await startAgain();
  expect(objects()).toBe(0);
  const { places } = await archive.client.archive.describeStudy({ studyKey });
  expect(places.map(({ name }) => name)).toEqual([otherDisk?.path]);
  // Whatever is said about it, never as if it were whole.
  const refused = await ask();
  if (refused.ok) await expect(refused.arrayBuffer()).rejects.toThrow();

  const end = new Promise<BringBackEnd>((resolve) => {
    archive.client.archive.on('bringBackEnded', resolve);
  });
  await archive.client.archive.startBringBack({ studyKeys: [studyKey] });
  expect(await end).toMatchObject({ absent: 0, problem: null });
  expect(await evictedCounts()).toEqual([0, 1, 1]);
  expect(await withoutBoundary(await ask())).toBe(before);
});
