import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AnnotationContent, ViewerState } from '#shared/contract/viewing.ts';
import type { SeriesUid, SopUid, StudyKey } from '#shared/domain/identifiers.ts';
import type { Principal } from '#shared/domain/principal.ts';
import { startViewing } from '#tests/support/viewing-service.ts';
import type { KnownStudies } from '#tests/support/viewing-service.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const studyKey = 7 as StudyKey;
const otherStudyKey = 8 as StudyKey;
const seriesUid = '1.2.3' as SeriesUid;
const sopUid = '1.2.3.4' as SopUid;

let data: ReturnType<typeof temporaryDirectory>;
let nowMs = 1000;
let known: KnownStudies;
let backend: ReturnType<typeof startViewing>;
const connect = (principal: Partial<Principal> = {}) => backend.connect(principal).client;

beforeEach(() => {
  data = temporaryDirectory();
  nowMs = 1000;
  const studies = new Map([
    [studyKey, { studyUid: '1.2', issuer: 'hospital A', patientId: '1' }],
    [otherStudyKey, { studyUid: '1.2', issuer: 'hospital B', patientId: '1' }],
  ]);
  const instances = new Map([
    [sopUid, studyKey],
    ['9.9.9' as SopUid, otherStudyKey],
  ]);
  known = { studies, instances, nowMs: () => nowMs };
  backend = startViewing(data.path, known);
});
afterEach(() => {
  backend.database.close();
  data.remove();
});

const length = (label = ''): AnnotationContent => ({
  annotationUid: randomUUID(),
  tool: 'length',
  target: { kind: 'frame', seriesUid, sopUid, frameNumber: 1, slab: null },
  geometry: {
    pointsMm: [
      [0, 0, 0],
      [3, 4, 0],
    ],
    pointsPixel: [
      [0, 0],
      [6, 8],
    ],
    textPixel: null,
  },
  label,
  values: [{ name: 'length', value: 5, unit: 'mm' }],
});

test('an annotation is back after the database was closed and opened', async () => {
  const annotation = length('結節');
  await connect().saveAnnotation({ studyKey, annotation, version: 1 });
  backend.database.close();
  backend = startViewing(data.path, known);
  const { annotations } = await connect().listAnnotations({ studyKey });
  expect(annotations).toEqual([
    expect.objectContaining({
      ...annotation,
      version: 1,
      createdAtMs: 1000,
      changedBy: { person: 'workstation', role: 'radiologist', device: 'local' },
    }),
  ]);
});

test('every version stays on record, a deleted one included, with who and when', async () => {
  const annotation = length();
  const client = connect({ person: 'first' });
  await client.saveAnnotation({ studyKey, annotation, version: 1 });
  nowMs = 2000;
  const moved = { ...annotation, label: 'moved' };
  await connect({ person: 'second' }).saveAnnotation({ studyKey, annotation: moved, version: 2 });
  nowMs = 3000;
  await client.saveAnnotation({ studyKey, annotation: moved, version: 3, isDeleted: true });

  expect((await client.listAnnotations({ studyKey })).annotations).toEqual([]);
  expect((await client.listAnnotations({ studyKey, includeDeleted: true })).annotations).toHaveLength(1);
  const { versions } = await client.annotationHistory({
    studyKey,
    annotationUid: annotation.annotationUid,
  });
  expect(
    versions.map(({ version, label, isDeleted, createdAtMs, changedAtMs, changedBy }) => [
      version,
      label,
      isDeleted,
      createdAtMs,
      changedAtMs,
      changedBy.person,
    ]),
  ).toEqual([
    [1, '', false, 1000, 1000, 'first'],
    [2, 'moved', false, 1000, 2000, 'second'],
    [3, 'moved', true, 1000, 3000, 'first'],
  ]);
});

test('repeating a call after a broken connection changes nothing', async () => {
  const annotation = length();
  const client = connect();
  await client.saveAnnotation({ studyKey, annotation, version: 1 });
  const again = await client.saveAnnotation({ studyKey, annotation, version: 1 });
  expect(again.annotation.version).toBe(1);
  const { versions } = await client.annotationHistory({ studyKey, annotationUid: annotation.annotationUid });
  expect(versions).toHaveLength(1);
});

test('a version somebody else has taken is a conflict and overwrites nothing', async () => {
  const annotation = length();
  const client = connect();
  await client.saveAnnotation({ studyKey, annotation, version: 1 });
  await client.saveAnnotation({ studyKey, annotation: { ...annotation, label: 'mine' }, version: 2 });
  await expect(
    client.saveAnnotation({ studyKey, annotation: { ...annotation, label: 'theirs' }, version: 2 }),
  ).rejects.toMatchObject({ code: 'conflict' });
  expect((await client.listAnnotations({ studyKey })).annotations[0]?.label).toBe('mine');
});

test('an image of another study is refused', async () => {
  const annotation = length();
  const target = { kind: 'frame', seriesUid, sopUid: '9.9.9' as SopUid, frameNumber: 1, slab: null } as const;
  await expect(
    connect().saveAnnotation({ studyKey, annotation: { ...annotation, target }, version: 1 }),
  ).rejects.toMatchObject({ code: 'invalid-input' });
});

test('the same study UID at another hospital is another study', async () => {
  await connect().saveAnnotation({ studyKey, annotation: length(), version: 1 });
  expect((await connect().listAnnotations({ studyKey: otherStudyKey })).annotations).toEqual([]);
});

test('annotations come back with a study that was deleted and imported again', async () => {
  await connect().saveAnnotation({ studyKey, annotation: length('kept'), version: 1 });
  const identity = known.studies.get(studyKey);
  known.studies.delete(studyKey);
  await expect(connect().listAnnotations({ studyKey })).rejects.toMatchObject({ code: 'not-found' });
  const newKey = 21 as StudyKey;
  if (identity) known.studies.set(newKey, identity);
  expect((await connect().listAnnotations({ studyKey: newKey })).annotations[0]?.label).toBe('kept');
});

test('another page hears of a change at once', async () => {
  const other = connect();
  const heard: unknown[] = [];
  other.on('annotationsChanged', (payload) => heard.push(payload));
  await other.listAnnotations({ studyKey });
  const annotation = length('new');
  await connect().saveAnnotation({ studyKey, annotation, version: 1 });
  expect(heard).toEqual([{ studyKey, annotations: [expect.objectContaining(annotation)] }]);
});

test('key images are listed until they are removed, and their removal stays on record', async () => {
  const client = connect();
  const keyImageUid = randomUUID();
  const keyImage = {
    keyImageUid,
    target: { kind: 'frame', seriesUid, sopUid, frameNumber: 3, slab: null } as const,
    window: { width: 80, centre: 40 },
    note: '',
  };
  await client.addKeyImage({ studyKey, keyImage });
  await client.addKeyImage({ studyKey, keyImage });
  expect((await client.listKeyImages({ studyKey })).keyImages).toEqual([
    expect.objectContaining({ ...keyImage, addedBy: expect.objectContaining({ person: 'workstation' }) }),
  ]);
  await client.removeKeyImage({ studyKey, keyImageUid });
  expect((await client.listKeyImages({ studyKey })).keyImages).toEqual([]);
  expect(backend.database.prepare('SELECT removed_by_person FROM key_images').pluck().all()).toEqual([
    'workstation',
  ]);
});

test('frames seen are kept per person, each once', async () => {
  const client = connect({ person: 'reader' });
  const heard: unknown[] = [];
  client.on('framesViewed', ({ frames }) => heard.push(frames));
  await client.markViewed({ studyKey, seriesUid, frames: [{ sopUid, frameNumbers: [1, 2] }] });
  await client.markViewed({ studyKey, seriesUid, frames: [{ sopUid, frameNumbers: [2, 3] }] });
  await client.markViewed({ studyKey, seriesUid, frames: [{ sopUid, frameNumbers: [3] }] });
  expect(await client.listViewed({ studyKey })).toEqual({
    series: [{ seriesUid, frames: [{ sopUid, frameNumbers: [1, 2, 3] }] }],
  });
  expect(heard).toEqual([[{ sopUid, frameNumbers: [1, 2] }], [{ sopUid, frameNumbers: [3] }]]);
  expect(await connect({ person: 'other' }).listViewed({ studyKey })).toEqual({ series: [] });
});

const state: ViewerState = {
  rows: 1,
  columns: 2,
  panes: [
    {
      studyKey,
      seriesUid,
      stackId: '1',
      plane: 'stored',
      index: 12,
      slab: { mode: 'maximum', thicknessMm: 10 },
      window: { width: 1500, centre: -600 },
      camera: {
        zoom: 1.5,
        pan: [0, 0.1],
        rotationDeg: 90,
        flipHorizontal: false,
        flipVertical: true,
        isInverted: false,
      },
    },
    null,
  ],
  activePane: 0,
  isMaximised: false,
  hanging: { ruleId: 'chest-ct', stage: 1 },
};

test('the state a person left a study in comes back for this person', async () => {
  const client = connect({ person: 'reader' });
  expect(await client.findViewerState({ studyKey })).toEqual({ state: null });
  await client.saveViewerState({ studyKey, state });
  expect(await client.findViewerState({ studyKey })).toEqual({ state });
  expect(await connect({ person: 'other' }).findViewerState({ studyKey })).toEqual({ state: null });
});

test('a state stored by another version of the program is left aside', async () => {
  await connect().saveViewerState({ studyKey, state });
  backend.database.prepare(`UPDATE viewer_states SET state = '{"rows":"many"}'`).run();
  expect(await connect().findViewerState({ studyKey })).toEqual({ state: null });
});

test('preferences have defaults, are kept per person and announced', async () => {
  const client = connect({ person: 'reader' });
  const heard: unknown[] = [];
  client.on('preferencesChanged', (payload) => heard.push(payload));
  const defaults = await client.getPreferences({});
  expect(defaults).toMatchObject({
    isScrollLinked: true,
  });
  await client.savePreferences({ ...defaults, isWindowLinked: true });
  expect(await client.getPreferences({})).toMatchObject({ isWindowLinked: true });
  expect(await connect().getPreferences({})).toMatchObject({ isWindowLinked: false });
  expect(heard).toEqual([{ person: 'reader' }]);
});
