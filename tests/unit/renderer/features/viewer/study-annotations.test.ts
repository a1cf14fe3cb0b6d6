import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StudyAnnotations } from '#renderer/features/viewer/annotations/study-annotations.ts';
import type { AnnotationContent } from '#shared/contract/viewing.ts';
import type { SeriesUid, SopUid, StudyKey } from '#shared/domain/identifiers.ts';
import { startViewing } from '#tests/support/viewing-service.ts';
import { temporaryDirectory } from '#tests/support/workstation.ts';

const studyKey = 7 as StudyKey;
const sopUid = '1.2.3.4' as SopUid;

let data: ReturnType<typeof temporaryDirectory>;
let backend: ReturnType<typeof startViewing>;
let nowMs = 1000;
const open: StudyAnnotations[] = [];

beforeEach(() => {
  data = temporaryDirectory();
  backend = startViewing(data.path, {
    studies: new Map([[studyKey, { studyUid: '1.2', issuer: 'hospital', patientId: '1' }]]),
    instances: new Map([[sopUid, studyKey]]),
    nowMs: () => nowMs++,
  });
});
afterEach(() => {
  for (const annotations of open.splice(0)) annotations.dispose();
  backend.database.close();
  data.remove();
});

async function openWindow(client = backend.connect().client) {
  const annotations = new StudyAnnotations(client, studyKey);
  open.push(annotations);
  await annotations.load();
  return annotations;
}

const annotation = (annotationUid: string, label = ''): AnnotationContent => ({
  annotationUid,
  tool: 'text',
  target: { kind: 'frame', seriesUid: '1.2.3' as SeriesUid, sopUid, frameNumber: 1, slab: null },
  geometry: { pointsMm: null, pointsPixel: [[1, 2]], textPixel: null },
  label,
  values: [],
});
const one = '00000000-0000-4000-8000-000000000001';
const two = '00000000-0000-4000-8000-000000000002';

const labels = (annotations: StudyAnnotations) =>
  annotations.snapshot().annotations.map(({ label }) => label);
const whenSaved = (annotations: StudyAnnotations) =>
  vi.waitFor(() => expect(annotations.snapshot().unsavedCount).toBe(0));
const stored = async () => {
  const { annotations } = await backend.connect().client.listAnnotations({ studyKey });
  return annotations.map(({ label, version }) => `${label} ${version}`);
};

test('a new annotation is on the screen at once and stored behind', async () => {
  const mine = await openWindow();
  mine.put(annotation(one, 'a'));
  expect(mine.snapshot()).toMatchObject({ unsavedCount: 1, canUndo: true });
  expect(labels(mine)).toEqual(['a']);
  await whenSaved(mine);
  expect(await stored()).toEqual(['a 1']);
});

test('changes made while one is being stored are stored too, in order', async () => {
  const mine = await openWindow();
  for (const label of ['a', 'b', 'c']) mine.put(annotation(one, label));
  await whenSaved(mine);
  expect(await stored()).toEqual(['c 2']);
});

test('undo and redo go through adding, changing and deleting, and are stored', async () => {
  const mine = await openWindow();
  mine.put(annotation(one, 'a'));
  mine.put(annotation(one, 'b'));
  mine.remove(one);
  expect(labels(mine)).toEqual([]);
  expect(mine.undo()).toBe(one);
  expect(labels(mine)).toEqual(['b']);
  mine.undo();
  expect(labels(mine)).toEqual(['a']);
  mine.undo();
  expect(labels(mine)).toEqual([]);
  expect(mine.undo()).toBeUndefined();
  mine.redo();
  mine.redo();
  expect(labels(mine)).toEqual(['b']);
  mine.put(annotation(two, 'new'));
  expect(mine.snapshot().canRedo).toBe(false);
  await whenSaved(mine);
  expect((await openWindow()).snapshot().annotations.map(({ label }) => label)).toEqual(['b', 'new']);
});

test('another window follows, and a deletion there is one here', async () => {
  const mine = await openWindow();
  const theirs = await openWindow();
  mine.put(annotation(one, 'a'));
  await vi.waitFor(() => expect(labels(theirs)).toEqual(['a']));
  theirs.remove(one);
  await vi.waitFor(() => expect(labels(mine)).toEqual([]));
});

test('both windows changing one annotation ends the same everywhere, and nothing is lost', async () => {
  const mine = await openWindow();
  const theirs = await openWindow();
  mine.put(annotation(one, 'start'));
  await vi.waitFor(() => expect(labels(theirs)).toEqual(['start']));
  mine.put(annotation(one, 'mine'));
  theirs.put(annotation(one, 'theirs'));
  await whenSaved(mine);
  await whenSaved(theirs);
  await vi.waitFor(() => expect(labels(mine)).toEqual(labels(theirs)));
  const { versions } = await backend.connect().client.annotationHistory({ studyKey, annotationUid: one });
  expect(versions.map(({ label }) => label).toSorted()).toEqual(['mine', 'start', 'theirs']);
});

test('what cannot be stored stays, is counted, and is stored when the backend is back', async () => {
  const { client, disconnect } = backend.connect();
  const mine = await openWindow(client);
  disconnect();
  mine.put(annotation(one, 'kept'));
  await vi.waitFor(() => expect(mine.snapshot().isFailing).toBe(true));
  expect(labels(mine)).toEqual(['kept']);
  expect(mine.snapshot().unsavedCount).toBe(1);
  expect(await stored()).toEqual([]);
  // The page's connection is one object that reconnects by itself; here the new one is put in its place.
  Object.assign(client, backend.connect().client);
  await mine.retry();
  expect(mine.snapshot()).toMatchObject({ unsavedCount: 0, isFailing: false });
  expect(await stored()).toEqual(['kept 1']);
});
