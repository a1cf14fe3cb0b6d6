import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { lockDataFolder } from '#backend/database/lock.ts';
import { instanceFile, openTestArchive, studyUidOf, writeInstances } from '#tests/support/archive.ts';
import type { InstanceShape, TestArchive } from '#tests/support/archive.ts';
import { inspectArchive, stagedFiles } from '#tests/support/kill/inspect-archive.ts';
import { NO_SMALL_DISK, mountSmallDisk } from '#tests/support/small-disk.ts';
import type { SmallDisk } from '#tests/support/small-disk.ts';
import { root, runCommand, temporaryDirectory } from '#tests/support/workstation.ts';

const IMAGES = 60;
/** 128 KiB each, 7.5 MiB together. */
const shapes: InstanceShape[] = Array.from({ length: IMAGES }, (_, number) => ({
  number,
  size: 256,
  pixel: number,
}));

let source: ReturnType<typeof temporaryDirectory>;
let folder: ReturnType<typeof temporaryDirectory>;
let archive: TestArchive | undefined;
let disk: SmallDisk | undefined;

beforeEach(() => {
  source = temporaryDirectory();
  folder = temporaryDirectory();
  writeInstances(source.path, shapes);
});

afterEach(async () => {
  await archive?.close();
  archive = undefined;
  disk?.remove();
  disk = undefined;
  source.remove();
  folder.remove();
});

const sopOf = (number: number) => `${studyUidOf(1)}.1.${number}`;
const expected = new Map(
  shapes.map((shape) => [
    sopOf(shape.number ?? 0),
    new Set([createHash('sha256').update(instanceFile(shape)).digest('hex')]),
  ]),
);

function smallDisk(context: TestContext, mib: number): SmallDisk {
  disk = mountSmallDisk(mib);
  if (!disk) context.skip(NO_SMALL_DISK);
  return disk;
}

const importCommand = (dataDir: string, ...args: string[]) =>
  runCommand('electron/commands/import.ts', ['--data', dataDir, ...args, source.path]);
const sentence = (language: 'ja' | 'en', code: string) =>
  (
    JSON.parse(
      readFileSync(path.join(root, 'resources/locales', language, 'problem.json'), 'utf8'),
    ) as Record<string, string>
  )[code] ?? code;
const instanceCount = async (opened: TestArchive) =>
  (await opened.client.archive.listStudies({})).studies[0]?.instanceCount ?? 0;
const violationsIn = (dataDir: string) => inspectArchive(dataDir, expected, new Map()).violations;

async function readsBack(opened: TestArchive, number: number): Promise<boolean> {
  const target = `studies/${studyUidOf(1)}/series/${studyUidOf(1)}.1/instances/${sopOf(number)}`;
  const response = await opened.backend.bytes(
    new Request(`http://localhost/dicomweb/${target}`, {
      headers: { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' },
    }),
  );
  if (response.status !== 200) return false;
  return Buffer.from(await response.arrayBuffer()).includes(instanceFile(shapes[number]));
}

describe('a full disk', { timeout: 150_000 }, () => {
  test('ends an import with a reason; what was imported is there, and more room lets it go on', async (context) => {
    const { path: dataDir, resize } = smallDisk(context, 4);
    archive = openTestArchive(dataDir);
    const { totals, problem } = await archive.import(source.path);
    expect(problem).toBe('disk-full');
    // Nothing is wrong with the files.
    expect(totals.rejected).toEqual([]);
    expect(totals.imported).toBeGreaterThan(5);
    expect(totals.imported).toBeLessThan(IMAGES);
    expect(stagedFiles(dataDir)).toEqual([]);
    expect(await instanceCount(archive)).toBe(totals.imported);
    let readable = 0;
    for (let number = 0; number < IMAGES; number++) if (await readsBack(archive, number)) readable++;
    expect(readable).toBe(totals.imported);
    expect((await archive.client.archive.listImports({})).imports[0]).toMatchObject({
      state: 'failed',
      problem: 'disk-full',
    });

    resize(64);
    const again = await archive.import(source.path);
    expect(again.problem).toBeNull();
    expect(again.totals.imported + again.totals.duplicates).toBe(IMAGES);
    expect(again.totals.imported).toBe(IMAGES - totals.imported);
    await archive.close();
    archive = undefined;
    expect(violationsIn(dataDir)).toEqual([]);
  });

  test('to the last byte: reading goes on, writing says why not, nothing crashes', async (context) => {
    const { path: dataDir, fill, resize } = smallDisk(context, 24);
    archive = openTestArchive(dataDir);
    await archive.import(source.path);
    fill();
    const { studies } = await archive.client.archive.listStudies({ text: 'やまだ' });
    expect(studies).toHaveLength(1);
    expect(await readsBack(archive, 3)).toBe(true);
    const upload = await archive.client.archive.openUpload({ label: 'x' });
    const answer = await archive.backend.bytes(
      new Request(`http://localhost/import/${upload.jobId}?name=x`, {
        method: 'POST',
        body: Uint8Array.from(instanceFile({ number: 900, size: 256 })),
      }),
    );
    expect([answer.status, await answer.json()]).toEqual([507, { problem: 'disk-full' }]);
    archive.backend.log.error('a line that does not fit');
    expect(await readsBack(archive, 4)).toBe(true);
    await archive.close();
    archive = undefined;

    for (const language of ['ja', 'en'] as const) {
      const command = await importCommand(dataDir, '--lang', language);
      expect(command.code).toBe(1);
      expect(command.stderr).toContain(sentence(language, 'disk-full'));
    }
    resize(64);
    const later = await importCommand(dataDir);
    expect(later.code).toBe(0);
    expect(JSON.parse(later.stdout)).toMatchObject({ imported: 0, duplicates: IMAGES });
    expect(violationsIn(dataDir)).toEqual([]);
  });

  test('of a backup spoils neither the archive nor the backup before it', async (context) => {
    const { path: backupDir, fill } = smallDisk(context, 8);
    const [first = ''] = readdirSync(source.path);
    archive = openTestArchive(folder.path);
    await archive.import(path.join(source.path, first));
    const backUp = async (opened: TestArchive) => {
      const end = new Promise<{ problem: string | null }>((resolve) => {
        const stop = opened.client.archive.on('backupEnded', (each) => {
          stop();
          resolve(each);
        });
      });
      await opened.client.archive.startBackup({ directory: backupDir });
      return end;
    };
    expect((await backUp(archive)).problem).toBeNull();
    const before = readFileSync(path.join(backupDir, 'enkaku-backup.json'), 'utf8');
    await archive.import(source.path);
    fill(1024 * 1024);
    expect((await backUp(archive)).problem).toBe('backup-folder-unusable');
    expect(readFileSync(path.join(backupDir, 'enkaku-backup.json'), 'utf8')).toBe(before);
    expect(await instanceCount(archive)).toBe(IMAGES);
    rmSync(path.join(backupDir, 'filler'));
  });
});

describe('a folder that cannot be written', { timeout: 150_000 }, () => {
  test('is not started on, which is said in a sentence; later everything goes on', async (context) => {
    const { path: dataDir, setReadOnly } = smallDisk(context, 64);
    expect((await importCommand(dataDir)).code).toBe(0);
    setReadOnly(true);
    for (const language of ['ja', 'en'] as const) {
      const command = await importCommand(dataDir, '--lang', language);
      expect(command.code).toBe(1);
      expect(command.stderr).toContain(sentence(language, 'data-folder-read-only'));
      expect(command.stdout).toBe('');
    }
    setReadOnly(false);
    const later = await importCommand(dataDir);
    expect(JSON.parse(later.stdout)).toMatchObject({ imported: 0, duplicates: IMAGES, rejected: [] });
    expect(violationsIn(dataDir)).toEqual([]);
  });

  test('staging that cannot be written is no fault of the files', async () => {
    archive = openTestArchive(folder.path);
    const staging = path.join(folder.path, 'staging');
    rmSync(staging, { recursive: true });
    const { totals, problem } = await archive.import(source.path);
    expect(problem).toBe('storage-failed');
    expect(totals).toMatchObject({ imported: 0, rejected: [] });
    mkdirSync(staging);
    expect((await archive.import(source.path)).totals.imported).toBe(IMAGES);
  });
});

describe('a database in use', { timeout: 150_000 }, () => {
  test('by another owner: the second start says who, and touches nothing', async () => {
    archive = openTestArchive(folder.path);
    expect(() => openTestArchive(folder.path)).toThrow(
      expect.objectContaining({ code: 'data-folder-in-use' }),
    );
    expect((await archive.import(source.path)).totals.imported).toBe(IMAGES);
  });

  test('by an owner that answers nobody: the command waits, then says so', async () => {
    const lock = lockDataFolder(folder.path);
    const command = await importCommand(folder.path);
    lock?.release();
    expect(command.code).toBe(1);
    expect(command.stderr).toContain(sentence('ja', 'data-folder-in-use'));
    expect((await importCommand(folder.path)).code).toBe(0);
  });

  test('by a program that does not know the lock: the import ends with a reason and continues later', async () => {
    archive = openTestArchive(folder.path);
    const [first = ''] = readdirSync(source.path);
    await archive.import(path.join(source.path, first));
    const other = new Database(path.join(folder.path, 'enkaku.sqlite3'));
    other.exec('BEGIN IMMEDIATE');
    const { problem, totals } = await archive.import(source.path);
    expect(problem).toBe('database-locked');
    expect(totals).toMatchObject({ imported: 0, rejected: [] });
    expect(stagedFiles(folder.path)).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    expect((await archive.import(source.path)).totals).toMatchObject({ imported: IMAGES - 1, duplicates: 1 });
    await archive.close();
    archive = undefined;
    expect(violationsIn(folder.path)).toEqual([]);
  });
});

test(
  'a database from a newer version is left alone, and the command says what to do',
  { timeout: 150_000 },
  async () => {
    const file = path.join(folder.path, 'enkaku.sqlite3');
    const newer = new Database(file);
    newer.pragma('journal_mode = WAL');
    newer.pragma('user_version = 9999');
    newer.exec('CREATE TABLE of_the_future (x)');
    newer.close();
    const before = readFileSync(file);
    for (const language of ['ja', 'en'] as const) {
      const command = await importCommand(folder.path, '--lang', language);
      expect(command.code).toBe(1);
      expect(command.stderr).toContain(sentence(language, 'database-newer'));
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  },
);
