import { createHash, randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Still } from '#shared/contract/microscope.ts';
import type { StillFacts, Talk } from '#shared/link/talk.ts';
import { simulatedMicroscope } from '#shared/motion/simulated-microscope.ts';
import type { Telemetry } from '#shared/motion/telemetry.ts';
import { systemClock } from '#backend/clock.ts';
import { openDatabase } from '#backend/database/open.ts';
import { createLog } from '#backend/log.ts';
import { plainKeyProvider } from '#backend/keys.ts';
import { Pages } from '#backend/pages.ts';
import { Arrivals } from '#backend/services/microscope/arrivals.ts';
import { Maps } from '#backend/services/microscope/maps.ts';
import { createPictureHandler } from '#backend/services/microscope/picture-handler.ts';
import { createRecords } from '#backend/services/microscope/records.ts';
import { SpecimenOnStage } from '#backend/services/microscope/specimen.ts';
import { PictureFiles } from '#backend/services/microscope/still-files.ts';
import { Stills, regionOf } from '#backend/services/microscope/stills.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const silent = pino({ enabled: false });
let folder: ReturnType<typeof temporaryDirectory>;
let database: ReturnType<typeof openDatabase>;

beforeEach(() => {
  folder = temporaryDirectory();
  database = openDatabase(folder.path, plainKeyProvider);
});

afterEach(() => {
  database.close();
  folder.remove();
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function factsOf(bytes: Uint8Array, more: Partial<StillFacts> = {}): StillFacts {
  return {
    stillId: randomUUID(),
    slideId: randomUUID(),
    label: '24-1234 F1-1',
    takenAtUtc: new Date().toISOString(),
    deviceTimeMs: 1000,
    positionUm: { x: 1, y: 2, z: 3 },
    objectiveId: 3,
    parcentricOffsetUm: { x: 0, y: 0 },
    magnification: 10,
    numericalAperture: 0.3,
    micrometresPerPixel: 0.5,
    widthPixels: 1920,
    heightPixels: 1200,
    region: null,
    focusScore: 1,
    sha256: sha256(bytes),
    sizeBytes: bytes.length,
    requestedBy: 'pathologist',
    isKept: false,
    ...more,
  };
}

function createStills() {
  const changes: Still[] = [];
  const said: Talk[] = [];
  const records = createRecords(database, systemClock);
  const files = new PictureFiles(folder.path);
  const arrivals = new Arrivals();
  const stills = new Stills({
    arrivals,
    records,
    files,
    clock: systemClock,
    log: silent,
    pages: new Pages(),
    objectiveOf: (id) => simulatedMicroscope.objectives.find((objective) => objective.id === id),
    recentTelemetry: (): readonly Telemetry[] => [],
    say: (talk) => void said.push(talk),
    sendFile: () => Promise.resolve(undefined),
    onChange: (still) => void changes.push(still),
  });
  return { stills, arrivals, records, files, changes, said };
}

function arrivedFile(bytes: Uint8Array): string {
  const file = path.join(folder.path, randomUUID());
  writeFileSync(file, bytes);
  return file;
}

test('a received still is verified only if its bytes are those the sealed message named, in whatever order they come', async () => {
  const { stills, arrivals, records } = createStills();
  const bytes = new Uint8Array(1000).fill(7);
  const facts = factsOf(bytes);
  const form = {
    kind: 'still-form' as const,
    stillId: facts.stillId,
    form: 'lossless' as const,
    qualityPercent: null,
  };

  const early = randomUUID();
  await arrivals.arrived(early, arrivedFile(bytes));
  stills.heard({ kind: 'still', facts });
  expect(records.still(facts.stillId)?.forms).toEqual([]);
  stills.heard({ ...form, transferId: early, sha256: sha256(bytes) });
  await expect
    .poll(() => records.still(facts.stillId)?.forms)
    .toEqual([{ form: 'lossless', qualityPercent: null, isVerified: true }]);

  const tampered = randomUUID();
  stills.heard({ ...form, transferId: tampered, sha256: sha256(bytes) });
  await arrivals.arrived(tampered, arrivedFile(bytes.with(3, 8)));
  expect(records.still(facts.stillId)?.forms).toEqual([
    { form: 'lossless', qualityPercent: null, isVerified: false },
  ]);
});

test('a picture of a still that is given up while it is stored harms nobody, nor one that is gone', async () => {
  const { stills, arrivals, records } = createStills();
  const bytes = new Uint8Array(2_000_000).fill(7);
  const facts = factsOf(bytes);
  const form = { kind: 'still-form' as const, stillId: facts.stillId, qualityPercent: null };
  const transferId = randomUUID();
  // In this order after an outage: the picture over one connection, then all that was said over the other.
  await arrivals.arrived(transferId, arrivedFile(bytes));
  stills.heard({ kind: 'still', facts });
  stills.heard({ ...form, form: 'lossless', transferId, sha256: sha256(bytes) });
  stills.heard({ kind: 'still-refused', stillId: facts.stillId, reason: 'moved' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(records.still(facts.stillId)).toBeUndefined();
  const gone = randomUUID();
  stills.heard({ ...form, form: 'lossy', transferId: gone, sha256: sha256(bytes) });
  await arrivals.arrived(gone, path.join(folder.path, 'gone'));
  expect(records.still(facts.stillId)).toBeUndefined();
  expect(arrivals.waiting).toBe(0);
});

test('a file and what is said of it meet in either order, once, and what stays alone is forgotten', async () => {
  let nowMs = 0;
  const arrivals = new Arrivals(() => nowMs);
  const taken: string[] = [];
  const take = (file: string) => Promise.resolve(void taken.push(file));
  await arrivals.arrived('a', 'file a');
  arrivals.announced('a', take);
  arrivals.announced('b', take);
  await arrivals.arrived('b', 'file b');
  expect(taken).toEqual(['file a', 'file b']);
  expect(arrivals.waiting).toBe(0);
  for (let count = 0; count < 1000; count++) {
    arrivals.announced(`never sent ${count}`, take);
    await arrivals.arrived(`never announced ${count}`, 'file');
  }
  expect(arrivals.waiting).toBeLessThanOrEqual(512);
  nowMs = 10 * 60_000;
  arrivals.announced('c', take);
  await arrivals.arrived('d', 'file d');
  expect(arrivals.waiting).toBe(2);
});

test('the region asked for becomes whole pixels that hold it, and none where it is the whole frame', () => {
  expect(regionOf({ left: 0.25, top: 0.1, width: 0.5, height: 0.8 }, 1920, 1200)).toEqual({
    left: 480,
    top: 120,
    width: 960,
    height: 960,
  });
  expect(regionOf({ left: 0.3, top: 0, width: 0.333, height: 1 }, 1000, 10)).toEqual({
    left: 300,
    top: 0,
    width: 333,
    height: 10,
  });
  expect(regionOf({ left: 0.9999, top: 0.9999, width: 1, height: 1 }, 100, 100)).toEqual({
    left: 99,
    top: 99,
    width: 1,
    height: 1,
  });
  expect(regionOf({ left: 0, top: 0, width: 1, height: 1 }, 1920, 1200)).toBeNull();
});

test('stills nobody pinned give way to newer ones, pinned ones stay with their files', async () => {
  const { stills, arrivals, records, files } = createStills();
  const bytes = new Uint8Array(10);
  const pinned = factsOf(bytes, { isKept: true, takenAtUtc: '2026-01-01T00:00:00.000Z' });
  stills.heard({ kind: 'still', facts: pinned });
  const transferId = randomUUID();
  const form = { stillId: pinned.stillId, form: 'lossy' as const, qualityPercent: 80 };
  stills.heard({ kind: 'still-form', ...form, transferId, sha256: sha256(bytes) });
  await arrivals.arrived(transferId, arrivedFile(bytes));
  const first = factsOf(bytes, { takenAtUtc: '2026-01-02T00:00:00.000Z' });
  stills.heard({ kind: 'still', facts: first });
  for (let minute = 10; minute < 40; minute++) {
    stills.heard({ kind: 'still', facts: factsOf(bytes, { takenAtUtc: `2026-01-03T00:${minute}:00.000Z` }) });
  }
  expect(records.still(first.stillId)).toBeUndefined();
  expect(records.still(pinned.stillId)?.facts.isKept).toBe(true);
  expect(existsSync(files.stillPath(pinned.stillId, 'lossy'))).toBe(true);
});

test('an old map never lies under a new slide', async () => {
  const shown: string[] = [];
  const files = new PictureFiles(folder.path);
  const arrivals = new Arrivals();
  const maps = new Maps({
    arrivals,
    log: silent,
    files,
    say: () => {},
    sendFile: () => Promise.resolve(undefined),
    onArrived: ({ slideId }) => void shown.push(slideId),
  });
  const [old, next] = [randomUUID(), randomUUID()];
  const map = { originUm: { x: 0, y: 0 }, micrometresPerPixel: 10, widthPixels: 10, heightPixels: 10 };
  maps.slideIs(old);
  await maps.offer({ ...map, slideId: old });
  expect(maps.current()?.slideId).toBe(old);

  maps.slideIs(null);
  expect(maps.current()).toBeNull();
  maps.slideIs(next);
  expect(maps.current()).toBeNull();
  // Late news of the slide that has left the stage.
  await maps.offer({ ...map, slideId: old });
  const transferId = randomUUID();
  maps.heard({ kind: 'map', transferId, ...map, slideId: old });
  await arrivals.arrived(transferId, arrivedFile(new Uint8Array(4)));
  expect(maps.current()).toBeNull();
  maps.slideIs(old);
  maps.slideIs(next);
  expect(shown.filter((slideId) => slideId === next)).toEqual([]);
});

test('pictures are put and got by ids, never by paths, and not beyond the limit', async () => {
  const { stills, files } = createStills();
  const specimen = new SpecimenOnStage(() => null, createLog(folder.path));
  const handle = createPictureHandler(files, stills, specimen);
  const slideId = randomUUID();
  const url = `http://localhost/microscope/maps/${slideId}`;
  const jpeg = new Uint8Array([0xff, 0xd8, 1, 2]);
  const put = await handle(new Request(url, { method: 'PUT', body: jpeg }));
  expect(put.status).toBe(204);
  const got = await handle(new Request(url));
  expect(got.headers.get('content-type')).toBe('image/jpeg');
  expect(new Uint8Array(await got.arrayBuffer())).toEqual(jpeg);
  for (const bad of [
    'specimen/../key',
    'maps/..%2f..%2fkey',
    `stills/${slideId}/secret`,
    'stills/../x',
    `stills/${slideId}`,
  ]) {
    expect((await handle(new Request(`http://localhost/microscope/${bad}`))).status).toBe(404);
  }
});
