import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { inspectArchive } from '#tests/support/kill/inspect-archive.ts';
import { killRounds } from '#tests/support/kill/kill-rounds.ts';
import { runImport } from '#tests/support/kill/killed-import.ts';
import { makeSource } from '#tests/support/kill/made-source.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const folders: ReturnType<typeof temporaryDirectory>[] = [];
const newFolder = () => {
  const folder = temporaryDirectory();
  folders.push(folder);
  return folder.path;
};

afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

/** The campaign (`npm run campaign:kill`) does the same 200 times, with more files. */
test('a killed import keeps what it reported durable, and starting again continues', async () => {
  const { violations, kills, durableChecked } = await killRounds(4, 3, 60);
  expect(violations).toEqual([]);
  expect(kills).toHaveLength(4);
  expect(durableChecked).toBeGreaterThan(80);
}, 180_000);

test('the inspection sees what is gone, damaged or never reported', async () => {
  const data = newFolder();
  const source = makeSource(newFolder(), 20);
  const { reported } = await runImport(data, source.folder);
  const ledger = new Map(reported.map(({ sop, sha256 }) => [sop, sha256]));
  expect(inspectArchive(data, source.expected, ledger)).toMatchObject({ violations: [], unnamedObjects: 0 });
  const [gone = '', damaged = ''] = reported.map(({ sha256 }) => sha256);
  const pathOf = (sha256: string) => path.join(data, 'objects', sha256.slice(0, 2), sha256);
  rmSync(pathOf(gone));
  writeFileSync(pathOf(damaged), 'x');
  ledger.set('1.2.3', gone);
  const { violations } = inspectArchive(data, source.expected, ledger);
  expect(violations.map((each) => each.replace(/^[\d.]+ /, '')).sort()).toEqual([
    'has a row and no bytes',
    'has other bytes than its row says',
    'was reported durable and is gone',
  ]);
  for (const name of readdirSync(data).filter((each) => each.startsWith('enkaku.sqlite3')))
    rmSync(path.join(data, name));
  expect(inspectArchive(data, source.expected, ledger).violations.length).toBe(ledger.size);
}, 60_000);
