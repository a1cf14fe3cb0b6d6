import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrations } from '#backend/database/migrations/index.ts';
import { DATABASE_FILE, openDatabase } from '#backend/database/open.ts';
import { plainKeyProvider } from '#backend/keys.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

/** A merged migration ran on somebody's data: a change to it would never reach them. */
const merged: Readonly<Record<number, string>> = {
  1: '6da90fb925e7acbaecdff35acf0b61bc98a2108aa8fe7c7a0b27d135c02a6682',
  2: 'e22975911cc083a200996d9d280ac0d0977f29cdcde2cc6886e2229f292e7870',
  3: '64874aa2daf1d481d40c245e9b57367b75d70580f924cbd034830287b92a01d2',
  4: '904db658497f84ee6cd3fda68218825fc3e2d14c8ae3ee7002820e4220618c79',
  5: '451ad291b7e229c0d1d878257652758a0c8cf12f6629a98d799d8a4f5d30d804',
  6: '1b40de49e51e1eb727b42d78650f1ff400e266ac1799939d8d4694b4a762a0aa',
  7: '687f649ecf8ba65a8df95f08d04a8b0bc519dc8101b9d0778e3eca86d6fa523a',
};

let data: ReturnType<typeof temporaryDirectory>;

beforeEach(() => {
  data = temporaryDirectory();
});

afterEach(() => data.remove());

test('versions are contiguous, and no merged migration was edited', () => {
  expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  for (const { version, up } of migrations) {
    const hash = createHash('sha256').update(up).digest('hex');
    expect([version, merged[version] ?? 'add its hash to this test']).toEqual([version, hash]);
  }
});

/** The database as the first version left it: two studies of one patient, one without id, a conflict. */
function writeVersion1(): void {
  const database = new Database(path.join(data.path, DATABASE_FILE));
  database.exec(migrations[0]?.up ?? '');
  database.pragma('user_version = 1');
  const metadata = deflateRawSync('{}');
  database.exec(`
    INSERT INTO patients VALUES (1, '島の診療所', '1001', 'YAMADA^HANAKO', '山田^花子', 'ヤマダ^ハナコ', '19500102', 'F');
    INSERT INTO patients VALUES (2, '', '', 'NO^ID', '', '', '', '');
    INSERT INTO studies VALUES (1, 1, '1.2.1', '20240115', '', '胸部CT', 'A1', '', '島の診療所', '', 'CT', 2, 3, 30, 5);
    INSERT INTO studies VALUES (2, 2, '1.2.2', '', '', '', '', '', '', '', 'OT', 1, 1, 10, 6);
    INSERT INTO series VALUES (1, 1, '1.2.1.1', 'CT', 1, 'scout', 'CHEST', '', '', 1);
    INSERT INTO series VALUES (2, 1, '1.2.1.2', 'CT', 2, 'axial', 'CHEST', '', '', 2);
    INSERT INTO series VALUES (3, 2, '1.2.2.1', 'OT', 1, '', '', '', '', 1);
  `);
  const insert = database.prepare('INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 10, 132, 5, ?)');
  for (const [key, series, frames] of [
    [1, 1, 1],
    [2, 2, 1],
    [3, 2, 1],
    [4, 3, 0],
  ] as const) {
    insert.run(
      key,
      series,
      `1.2.9.${key}`,
      '1.2.3',
      '1.2.840.10008.1.2.1',
      key,
      frames,
      `file${key}`,
      `data${key}`,
      metadata,
    );
  }
  database.exec(`INSERT INTO conflicts VALUES (1, '1.2.9.2', 'fileX', 'dataX', 11, 7)`);
  database.exec(`INSERT INTO frame_parts VALUES (1, 1, 1, 132, 8, 0)`);
  database.close();
}

test('an archive of the first version is upgraded, and the database kept as it was', () => {
  writeVersion1();
  const database = openDatabase(data.path, plainKeyProvider);
  expect(database.pragma('user_version', { simple: true })).toBe(migrations.length);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.pragma('foreign_key_check')).toEqual([]);
  expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
  expect(database.prepare('SELECT archive_id FROM archive_identity').pluck().get()).toMatch(/^[0-9a-f]{32}$/);
  expect(
    database
      .prepare('SELECT study_key, patient_key, body_parts, representative_key, conflict_count FROM studies')
      .raw()
      .all(),
  ).toEqual([
    [1, 1, 'CHEST', 2, 1],
    [2, 2, '', null, 0],
  ]);
  expect(
    database.prepare('SELECT study_key, series_uid, sop_uid, file_sha256 FROM conflicts').raw().all(),
  ).toEqual([[1, '1.2.1.2', '1.2.9.2', 'fileX']]);
  expect(
    database.prepare('SELECT patient_id, identity_without_id FROM patients ORDER BY patient_key').raw().all(),
  ).toEqual([
    ['1001', ''],
    ['', 'patient 2'],
  ]);
  expect(database.prepare('SELECT count(*) FROM frame_parts').pluck().get()).toBe(1);
  database.close();

  const copyPath = path.join(data.path, 'enkaku-version-1.sqlite3');
  const copy = new Database(copyPath, { readonly: true });
  expect(copy.pragma('user_version', { simple: true })).toBe(1);
  expect(copy.prepare('SELECT count(*) FROM instances').pluck().get()).toBe(4);
  copy.close();
});

test('a step that fails leaves the version before it, and its copy', () => {
  writeVersion1();
  const broken = new Database(path.join(data.path, DATABASE_FILE));
  // The third step renames a table over this one.
  broken.exec('CREATE TABLE patients_new (x)');
  broken.close();
  expect(() => openDatabase(data.path, plainKeyProvider)).toThrow(/patients_new/);
  const database = new Database(path.join(data.path, DATABASE_FILE), { readonly: true });
  expect(database.pragma('user_version', { simple: true })).toBe(2);
  expect(database.prepare('SELECT count(*) FROM patients').pluck().get()).toBe(2);
  database.close();
  expect(existsSync(path.join(data.path, 'enkaku-version-1.sqlite3'))).toBe(true);
});

test('a new archive and one that is up to date are not copied', () => {
  openDatabase(data.path, plainKeyProvider).close();
  openDatabase(data.path, plainKeyProvider).close();
  expect(readdirSync(data.path).filter((name) => name.includes('version'))).toEqual([]);
});

test('a database of a newer version is refused and not touched', () => {
  const newer = new Database(path.join(data.path, DATABASE_FILE));
  newer.pragma('user_version = 9999');
  newer.exec('CREATE TABLE of_the_future (x)');
  newer.close();
  expect(() => openDatabase(data.path, plainKeyProvider)).toThrow(
    expect.objectContaining({ name: 'DatabaseFromNewerVersion', code: 'database-newer' }),
  );
  const database = new Database(path.join(data.path, DATABASE_FILE), { readonly: true });
  expect(database.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['of_the_future']);
  database.close();
});
