import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forkHelper, startHelper } from '#backend/processes/helper-process.ts';
import type { HelperLimits, SpawnHelper } from '#backend/processes/helper-process.ts';
import { IngestPool } from '#backend/services/archive/ingest-pool.ts';
import { root, temporaryDirectory } from '#tests/support/workstation.ts';

/** Small, so that reaching them takes moments. */
const limits: HelperLimits = { heapMib: 96, residentMib: 400, dataMib: 1700 };

let staging = temporaryDirectory();
let spawned = 0;
beforeEach(() => {
  staging = temporaryDirectory();
  spawned = 0;
});
afterEach(() => staging.remove());

const misbehaving =
  (changes: Partial<HelperLimits> = {}): SpawnHelper =>
  () => {
    spawned++;
    const file = path.join(root, 'tests/support/misbehaving-process.ts');
    return startHelper(file, { ...limits, ...changes });
  };

async function run(pool: IngestPool, ...deeds: string[]) {
  const results = await Promise.all(
    deeds.map((deed, index) =>
      pool.ingest({ sourcePath: deed, stagingPath: path.join(staging.path, `${index}`) }),
    ),
  );
  expect(readdirSync(staging.path)).toEqual([]);
  return results.map((result) => (result.ok ? 'ok' : result.code));
}

test('array buffers are bounded where the system can do it, and by the watchdog everywhere', async () => {
  // The watchdog out of the way: only the system's limit is left.
  const pool = new IngestPool(misbehaving({ residentMib: 100_000 }), 1);
  const result = await pool.ingest({
    sourcePath: 'array-buffers',
    stagingPath: path.join(staging.path, '0'),
  });
  pool.close();
  if (process.platform === 'linux') {
    expect(result).toMatchObject({
      ok: false,
      code: 'parse-memory',
      detail: /Array buffer allocation failed/,
    });
    const [, allocatedMib] = /^(\d+) MiB/.exec((result as { detail: string }).detail) ?? [];
    expect(Number(allocatedMib)).toBeLessThan(limits.dataMib);
  }
  // The system's limit out of the way: only the watchdog is left.
  const watched = new IngestPool(misbehaving({ dataMib: 100_000 }), 1);
  expect(await run(watched, 'touched-buffers')).toEqual(['parse-memory']);
  watched.close();
});

test('a helper that eats memory, loops, waits or dies costs its own file only', async () => {
  const pool = new IngestPool(misbehaving(), 3, 5000);
  // The slow one takes longer than silence may last.
  const deeds = ['slow-but-alive', 'endless-loop', 'endless-wait', 'crash', 'exit'];
  expect(await run(pool, ...deeds)).toEqual([
    'not-dicom',
    'parse-timeout',
    'parse-timeout',
    'parse-crashed',
    'parse-crashed',
  ]);
  expect(spawned).toBe(3 + 4);
  pool.close();
  // On a busy machine memory fills slowly.
  const patient = new IngestPool(misbehaving(), 2);
  expect(await run(patient, 'objects', 'exit', 'objects')).toEqual([
    'parse-memory',
    'parse-crashed',
    'parse-memory',
  ]);
  expect(spawned).toBe(3 + 4 + 2 + 3);
  patient.close();
});

test('a helper that starts late on a busy machine costs nothing, one that never begins its file', async () => {
  const pool = new IngestPool(misbehaving(), 2, 500, 15_000);
  expect(await run(pool, 'starts-late', 'never-begins')).toEqual(['not-dicom', 'parse-timeout']);
  pool.close();
});

test('a helper that cannot be started refuses its file instead of hanging the import', async () => {
  const pool = new IngestPool(
    () => startHelper(path.join(root, 'tests/support/no-such-process.ts'), limits),
    1,
  );
  expect(await run(pool, 'anything', 'else')).toEqual(['parse-crashed', 'parse-crashed']);
  pool.close();
});

test('a helper killed while it had nothing to do is replaced when it is needed', async () => {
  const helpers: ReturnType<SpawnHelper>[] = [];
  const pool = new IngestPool((role) => {
    const helper = forkHelper(role);
    helpers.push(helper);
    return helper;
  }, 1);
  expect(await run(pool, path.join(root, 'package.json'))).toEqual(['not-dicom']);
  const gone = new Promise<void>((resolve) => helpers[0]?.onExit(() => resolve()));
  helpers[0]?.kill();
  await gone;
  expect(await run(pool, path.join(root, 'package.json'))).toEqual(['not-dicom']);
  expect(helpers).toHaveLength(2);
  pool.close();
});

test('a closed pool answers what it was still asked', async () => {
  const pool = new IngestPool(misbehaving(), 1);
  const answers = run(pool, 'endless-wait', 'endless-wait');
  setTimeout(() => pool.close(), 300);
  expect(await answers).toHaveLength(2);
});
