import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { DATABASE_FILE } from '#backend/database/open.ts';
import { plainKeyProvider } from '#backend/keys.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { CareHelper } from '#backend/services/archive/care/care-helper.ts';
import { restoreBackup } from '#backend/services/archive/care/restore.ts';
import type { BackupEnd, BringBackEnd, VerifyEnd } from '#shared/contract/storage.ts';
import { instanceFile, openTestArchive, writeInstances } from '#tests/support/archive.ts';
import type { TestArchive } from '#tests/support/archive.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

let folder: ReturnType<typeof temporaryDirectory>;
let dataDir: string;
let sourceDir: string;
let backupDir: string;
let archive: TestArchive;

beforeEach(() => {
  folder = temporaryDirectory();
  dataDir = path.join(folder.path, 'data');
  sourceDir = path.join(folder.path, 'source');
  backupDir = path.join(folder.path, 'backup');
  mkdirSync(sourceDir);
  archive = openTestArchive(dataDir);
});

afterEach(async () => {
  await archive.close();
  folder.remove();
});

type Ended = VerifyEnd | BackupEnd | BringBackEnd;

async function ended<End extends Ended>(
  event: 'verifyEnded' | 'backupEnded' | 'bringBackEnded',
  start: () => Promise<{ jobId: string }>,
): Promise<End> {
  const end = new Promise<End>((resolve) => {
    const stop = archive.client.archive.on(event, (payload) => {
      stop();
      resolve(payload as End);
    });
  });
  await start();
  return end;
}

const backUp = (directory = backupDir) =>
  ended<BackupEnd>('backupEnded', () => archive.client.archive.startBackup({ directory }));
const verify = (repair = false) =>
  ended<VerifyEnd>('verifyEnded', () => archive.client.archive.startVerify({ repair }));
const findings = async (repair = false) =>
  (await verify(repair)).report?.findings.map(({ kind, repair: done }) => [kind, done]) ?? 'no report';

async function restore(to: string) {
  const signal = new AbortController().signal;
  const helper = new CareHelper(forkHelper, signal);
  try {
    return await restoreBackup({
      from: backupDir,
      dataDir: to,
      keys: plainKeyProvider,
      helper,
      clock: systemClock,
      signal,
      report: () => {},
    });
  } finally {
    helper.close();
  }
}

const objectsIn = (root: string) =>
  readdirSync(path.join(root, 'objects'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /[0-9a-f]{64}$/.test(name))
    .sort((a, b) => (a < b ? -1 : 1));
const objectPath = (index = 0) => path.join(dataDir, 'objects', objectsIn(dataDir)[index] ?? '');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Three instances in two studies, one conflict, one study in the bin. */
async function fill(): Promise<void> {
  writeInstances(sourceDir, [{ number: 1 }, { number: 2, pixel: 1 }, { number: 2, pixel: 2 }, { study: 2 }]);
  for (const name of readdirSync(sourceDir).sort((a, b) => (a < b ? -1 : 1))) {
    await archive.import(path.join(sourceDir, name));
  }
  const { studies } = await archive.client.archive.listStudies({});
  const second = studies.find(({ instanceCount }) => instanceCount === 1);
  if (!second) throw new Error('no second study');
  await archive.client.archive.deleteStudies({ studyKeys: [second.studyKey], reason: 'wrong patient' });
}

describe('backup and restore', () => {
  test('every byte and every row comes back', async () => {
    await fill();
    await archive.client.settings.change({ language: 'en' });
    const { report, problem } = await backUp();
    expect(problem).toBeNull();
    expect(report).toMatchObject({ objects: 4, alreadyThere: 0, absent: 0 });

    const restored = path.join(folder.path, 'restored');
    expect(await restore(restored)).toMatchObject({ objects: 4, missing: [] });
    expect(objectsIn(restored)).toEqual(objectsIn(dataDir));
    for (const name of objectsIn(restored)) {
      const bytes = readFileSync(path.join(restored, 'objects', name));
      expect(bytes).toEqual(readFileSync(path.join(dataDir, 'objects', name)));
      expect(sha256(bytes)).toBe(path.basename(name));
    }
    const before = await archive.client.archive.listStudies({});
    await archive.close();
    archive = openTestArchive(restored);
    expect(await archive.client.archive.listStudies({})).toEqual(before);
    expect((await archive.client.archive.listBin({})).entries).toHaveLength(1);
    expect(await archive.client.settings.get({})).toMatchObject({ language: 'en' });
    expect(await findings()).toEqual([]);
    const { totals } = await archive.import(sourceDir);
    expect(totals).toMatchObject({ imported: 0, duplicates: 3, conflicts: 1 });
  });

  test('the next backup copies what is new, and mends what was damaged in the last', async () => {
    await fill();
    await backUp();
    writeInstances(sourceDir, [{ number: 9 }], 'more');
    await archive.import(sourceDir);
    const [damaged = ''] = objectsIn(backupDir);
    writeFileSync(path.join(backupDir, 'objects', damaged), 'rotten');
    expect((await backUp()).report).toMatchObject({ objects: 2, alreadyThere: 3, absent: 0 });
    expect((await backUp()).report).toMatchObject({ objects: 0, alreadyThere: 5 });
  });

  test('says how much is nowhere else', async () => {
    await fill();
    expect((await archive.client.archive.storageSummary({})).studiesWithoutCopy).toBe(1);
    await backUp();
    expect(await archive.client.archive.storageSummary({})).toMatchObject({
      studies: 1,
      instances: 2,
      inBin: { studies: 1 },
      studiesWithoutCopy: 0,
      places: [{ kind: 'backup', name: backupDir }],
      eviction: { enabled: false, evictedStudies: 0, isBlocked: false },
    });
    writeInstances(sourceDir, [{ number: 9 }], 'more');
    await archive.import(sourceDir);
    expect((await archive.client.archive.storageSummary({})).studiesWithoutCopy).toBe(1);
  });

  test('a backup that was not finished is refused, and so is a folder with an archive', async () => {
    await fill();
    const target = path.join(folder.path, 'target');
    await expect(restore(target)).rejects.toMatchObject({ code: 'backup-incomplete' });
    await backUp();
    await expect(restore(dataDir)).rejects.toMatchObject({ code: 'restore-target-not-empty' });
    mkdirSync(target);
    writeFileSync(path.join(target, 'thesis.doc'), 'mine');
    await expect(restore(target)).rejects.toMatchObject({ code: 'restore-target-not-empty' });
    expect(readdirSync(target)).toEqual(['thesis.doc']);
  });

  test('an interrupted restore continues', async () => {
    await fill();
    await backUp();
    const target = path.join(folder.path, 'target');
    mkdirSync(path.join(target, 'objects', 'ab'), { recursive: true });
    writeFileSync(path.join(target, 'restoring.json'), '{}');
    writeFileSync(path.join(target, 'database.part'), 'half a database');
    const [first = ''] = objectsIn(backupDir);
    mkdirSync(path.join(target, 'objects', path.dirname(first)), { recursive: true });
    copyFileSync(path.join(backupDir, 'objects', first), path.join(target, 'objects', first));
    expect(await restore(target)).toMatchObject({ objects: 4, missing: [] });
  });

  test('what is damaged in the backup is named, and everything else restored', async () => {
    await fill();
    await backUp();
    const [damaged = ''] = objectsIn(backupDir);
    writeFileSync(path.join(backupDir, 'objects', damaged), 'rotten');
    const target = path.join(folder.path, 'target');
    expect(await restore(target)).toMatchObject({ objects: 3, missing: [path.basename(damaged)] });
  });

  test('never goes into the backup of another archive, nor into the archive itself', async () => {
    await fill();
    await backUp();
    expect((await backUp(path.join(dataDir, 'backup'))).problem).toBe('backup-folder-unusable');
    await archive.close();
    rmSync(dataDir, { recursive: true });
    archive = openTestArchive(dataDir);
    expect((await backUp()).problem).toBe('backup-folder-unusable');
    expect(objectsIn(backupDir)).toHaveLength(4);
  });

  test('runs while files are imported, and is consistent', async () => {
    writeInstances(
      sourceDir,
      Array.from({ length: 60 }, (_, index) => ({ number: index + 1, size: 64 })),
    );
    const importing = archive.import(sourceDir);
    const { report } = await backUp();
    await importing;
    expect(report?.absent).toBe(0);
    const target = path.join(folder.path, 'target');
    const restored = await restore(target);
    expect(restored.missing).toEqual([]);
    const database = new Database(path.join(target, DATABASE_FILE), { readonly: true });
    expect(database.prepare('SELECT count(*) FROM instances').pluck().get()).toBe(restored.objects);
    expect(database.prepare('SELECT coalesce(sum(instance_count), 0) FROM studies').pluck().get()).toBe(
      restored.objects,
    );
    database.close();
  });

  test('can be cancelled and leaves the backup before it whole', async () => {
    writeInstances(
      sourceDir,
      Array.from({ length: 40 }, (_, index) => ({ number: index + 1, size: 256 })),
    );
    await archive.import(path.join(sourceDir, 'image-0000.dcm'));
    await backUp();
    await archive.import(sourceDir);
    const end = await ended<BackupEnd>('backupEnded', async () => {
      const started = await archive.client.archive.startBackup({ directory: backupDir });
      await archive.client.archive.cancelJob(started);
      return started;
    });
    expect(end).toMatchObject({ wasCancelled: true, report: null, problem: null });
    const target = path.join(folder.path, 'target');
    expect(await restore(target)).toMatchObject({ objects: 1, missing: [] });
  });
});

describe('verify', () => {
  test('finds nothing wrong with a sound archive', async () => {
    await fill();
    const { report } = await verify();
    expect(report).toMatchObject({ instances: 3, objects: 4, findings: [] });
    expect((await archive.client.archive.storageSummary({})).lastVerify).toMatchObject({ problems: 0 });
  });

  test('a missing and a damaged object are reported, and restored from a backup', async () => {
    await fill();
    await backUp();
    rmSync(objectPath(0));
    const damagedPath = objectPath(0);
    const intact = readFileSync(damagedPath);
    const rotten = Buffer.from(intact);
    rotten[500] = (rotten[500] ?? 0) ^ 1;
    writeFileSync(damagedPath, rotten);
    expect(await findings()).toEqual(
      expect.arrayContaining([
        ['object-missing', null],
        ['object-damaged', null],
      ]),
    );
    expect(await findings(true)).toEqual(
      expect.arrayContaining([
        ['object-missing', 'restored-from-backup'],
        ['object-damaged', 'restored-from-backup'],
      ]),
    );
    expect(readFileSync(damagedPath)).toEqual(intact);
    expect(await findings()).toEqual([]);
    expect(readFileSync(path.join(dataDir, 'quarantine', path.basename(damagedPath)))).toEqual(rotten);
  });

  test('without a backup the damaged bytes are put aside, and importing again heals', async () => {
    await fill();
    writeFileSync(objectPath(0), 'rotten');
    expect(await findings(true)).toEqual([['object-damaged', 'quarantined']]);
    expect(await findings()).toEqual([['object-missing', null]]);
    await archive.import(sourceDir);
    expect(await findings()).toEqual([]);
  });

  test('objects without a row are indexed again, or put aside if they are nothing', async () => {
    const lost = instanceFile({ study: 3 });
    const place = (bytes: Uint8Array, name = sha256(bytes)) => {
      mkdirSync(path.join(dataDir, 'objects', name.slice(0, 2)), { recursive: true });
      writeFileSync(path.join(dataDir, 'objects', name.slice(0, 2), name), bytes);
    };
    place(lost);
    place(Buffer.from('not what its name says'), 'ab'.repeat(32));
    expect(await findings()).toEqual(
      expect.arrayContaining([
        ['object-unindexed', null],
        ['object-damaged', null],
      ]),
    );
    expect(await findings(true)).toEqual(
      expect.arrayContaining([
        ['object-unindexed', 'indexed'],
        ['object-damaged', 'quarantined'],
      ]),
    );
    expect(await findings()).toEqual([]);
    expect((await archive.client.archive.listStudies({})).total).toBe(1);
  });

  test('wrong counts are counted again', async () => {
    await fill();
    await archive.close();
    const database = new Database(path.join(dataDir, DATABASE_FILE));
    database.exec('UPDATE studies SET instance_count = 99 WHERE study_key = 1');
    database.close();
    archive = openTestArchive(dataDir);
    expect(await findings(true)).toEqual([['count-wrong', 'recounted']]);
    expect((await archive.client.archive.listStudies({})).studies[0]?.instanceCount).toBe(2);
  });

  test('a damaged database page is reported', async () => {
    await fill();
    await archive.close();
    const file = path.join(dataDir, DATABASE_FILE);
    const bytes = readFileSync(file);
    const database = new Database(file, { readonly: true });
    const page = database
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'conflicts_by_study'")
      .pluck()
      .get();
    database.close();
    bytes.fill(0xff, (Number(page) - 1) * 4096 + 8, (Number(page) - 1) * 4096 + 64);
    writeFileSync(file, bytes);
    archive = openTestArchive(dataDir);
    const found = await verify();
    expect(found.report?.findings.map(({ kind }) => kind) ?? found.problem).toContain('database-damaged');
    expect((await archive.client.archive.listStudies({})).total).toBe(1);
  });

  test('one piece of care at a time', async () => {
    await fill();
    const first = verify();
    await expect(archive.client.archive.startBackup({ directory: backupDir })).rejects.toMatchObject({
      code: 'conflict',
    });
    await first;
    expect(existsSync(backupDir)).toBe(false);
  });
});
