import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { element } from '#tests/support/dicom-files.ts';
import { closeImagingBrowsers, openImagingPage } from '#tests/support/imaging-page.ts';
import type { ImagingPage } from '#tests/support/imaging-page.ts';
import { anImageFile, madeSeriesUid, madeStudyUid, writeFiles } from '#tests/support/made-files.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const SIZE = 40;
const PIXEL_MM = 1.5;
const TILT = Math.tan((20 * Math.PI) / 180);
/** Along the normal; one slice is missing between the fourth and the fifth of the second series. */
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  1: Array.from({ length: 16 }, (_, index) => index * 3),
  2: [0, 3, 6, 9, 15, 18, 21, 24],
  3: [0, 3, 6, 6, 9, 12, 15],
};

/** A world that is the same in every scanner: values by place in the patient. */
const world = (x: number, y: number, z: number) => Math.round(4 * x - 3 * y + 10 * z);

function slice(seriesNumber: number, instanceNumber: number): Buffer {
  const z = depthsOf[seriesNumber]?.[instanceNumber - 1] ?? 0;
  const [x0, y0] = [-30, -30 + z * TILT];
  const pixels = Int16Array.from({ length: SIZE * SIZE }, (_, index) =>
    world(x0 + (index % SIZE) * PIXEL_MM, y0 + Math.floor(index / SIZE) * PIXEL_MM, z),
  );
  return anImageFile({
    columns: SIZE,
    rows: SIZE,
    pixels,
    seriesNumber,
    instanceNumber,
    elements: [
      element('00180050', 'DS', '3'),
      element('00200032', 'DS', [String(x0), y0.toFixed(6), String(z)]),
      element('00280030', 'DS', [String(PIXEL_MM), String(PIXEL_MM)]),
    ],
  });
}

const folder = temporaryDirectory();
let workstation: Workstation;
const pages: Partial<Record<'isolated' | 'open', ImagingPage>> = {};

beforeAll(async () => {
  const files = Object.entries(depthsOf).flatMap(([series, depths]) =>
    depths.map((_, index) => slice(Number(series), index + 1)),
  );
  writeFiles(path.join(folder.path, 'files'), files);
  const data = path.join(folder.path, 'data');
  const imported = await runCommand('electron/commands/import.ts', [
    '--data',
    data,
    path.join(folder.path, 'files'),
  ]);
  expect(imported.code, imported.stderr).toBe(0);
  workstation = await startWorkstation(data);
  pages.isolated = await openImagingPage({ workstation });
  pages.open = await openImagingPage({ workstation, isIsolated: false });
});

afterAll(async () => {
  for (const page of Object.values(pages)) {
    expect(page.errors).toEqual([]);
    await page.close();
  }
  await closeImagingBrowsers();
  await workstation.stop();
  folder.remove();
});

interface Sample {
  readonly value: number;
  readonly point: readonly [number, number, number];
}

/** Values of one image of a reformat or slab, each with its place in the patient. */
function sample(
  page: ImagingPage,
  seriesNumber: number,
  order: {
    plane?: 'axial' | 'coronal' | 'sagittal';
    slab?: { mode: 'mean' | 'maximum' | 'minimum'; thicknessMm: number };
    index?: number;
  },
) {
  return page.page.evaluate(
    async ({ studyUid, seriesUid, order }) => {
      const { openSeries, openView, reformat, withSlab, frameOf } = imagingPage;
      const { stacks } = await openSeries(studyUid as never, seriesUid as never, 1 as never);
      const [source] = stacks;
      if (!source) throw new Error('no stack');
      const derived = order.plane ? reformat(source, order.plane, order.slab) : withSlab(source, order.slab);
      if (!derived.isPossible) return { reason: derived.reason };
      const { stack } = derived;
      const view = openView({ width: 300, height: 300 });
      await view.show(stack, order.index === undefined ? {} : { index: order.index });
      const { image, status, failure } = view.state.get();
      const frame = frameOf(view);
      view.dispose();
      view.element.remove();
      if (!image || frame?.kind !== 'grey') throw new Error(`${status}: ${String(failure)}`);
      const { plane, spacing, columns, sliceThicknessMm } = image.description;
      if (!plane || spacing.kind !== 'mm') throw new Error('no place');
      const { positionMm, rowDirection, columnDirection } = plane;
      const at = (axis: number, column: number, row: number) =>
        (positionMm[axis] ?? 0) +
        (rowDirection[axis] ?? 0) * column * spacing.columnMm +
        (columnDirection[axis] ?? 0) * row * spacing.rowMm;
      const samples = Array.from(frame.pixels, (value, pixel) => {
        const [column, row] = [pixel % columns, Math.floor(pixel / columns)];
        return { value, point: [at(0, column, row), at(1, column, row), at(2, column, row)] as const };
      });
      const stored = imagingPage.peekFrame(source.images[0]?.imageId ?? '');
      const isShared = stored?.pixels.buffer.constructor.name === 'SharedArrayBuffer';
      return { samples, isShared, count: stack.images.length, thicknessMm: sliceThicknessMm };
    },
    { studyUid: madeStudyUid, seriesUid: madeSeriesUid(seriesNumber), order },
  );
}

const OUTSIDE = -32_768;
const difference = ({ value, point }: Sample) => Math.abs(value - world(...point));
/** Not within half a slice of the ends, where the outer slices speak for a little more than their middle. */
const isBetweenSlices =
  (from: number, to: number) =>
  ({ value, point }: Sample) =>
    value !== OUTSIDE && point[2] >= from && point[2] <= to;
const isWithinPlane = ({ point: [x, y, z] }: Sample) =>
  Math.abs(x - -0.75) < 29 && Math.abs(y - (-0.75 + z * TILT)) < 28;

for (const isolation of ['isolated', 'open'] as const) {
  test(`a tilted scan is cut at true positions (${isolation} page)`, async () => {
    const page = pages[isolation];
    if (!page) throw new Error('no page');
    for (const plane of ['axial', 'coronal', 'sagittal'] as const) {
      const { samples = [], count = 0, isShared } = await sample(page, 1, { plane });
      expect(isShared).toBe(isolation === 'isolated');
      const known = samples.filter(isBetweenSlices(0, 45)).filter(isWithinPlane);
      expect(known.length).toBeGreaterThan(plane === 'axial' ? 300 : 500);
      // Stored values and results are both rounded to whole ones.
      expect(Math.max(...known.map(difference))).toBeLessThanOrEqual(1.5);
      expect(count).toBeGreaterThan(10);
    }
  });

  test(`a slab while scrolling covers what it says (${isolation} page)`, async () => {
    const page = pages[isolation];
    if (!page) throw new Error('no page');
    const mean = await sample(page, 1, { slab: { mode: 'mean', thicknessMm: 9 }, index: 8 });
    expect(mean.thicknessMm).toBe(9);
    const inside = (mean.samples ?? []).filter(isWithinPlane);
    expect(Math.max(...inside.map(difference))).toBeLessThanOrEqual(1.5);
    const highest = await sample(page, 1, { slab: { mode: 'maximum', thicknessMm: 9 }, index: 8 });
    // One slice further the world is 30 brighter.
    const rise = (highest.samples ?? [])
      .filter(isWithinPlane)
      .map(({ value, point }) => value - world(...point));
    expect(Math.min(...rise)).toBeGreaterThanOrEqual(28);
    expect(Math.max(...rise)).toBeLessThanOrEqual(32);
  });
}

test('where slices are missing a reformat stays open', async () => {
  if (!pages.isolated) throw new Error('no page');
  const { samples = [] } = await sample(pages.isolated, 2, { plane: 'sagittal' });
  const inGap = samples.filter(({ point }) => point[2] > 10.6 && point[2] < 13.4);
  expect(inGap.length).toBeGreaterThan(50);
  expect(inGap.every(({ value }) => value === OUTSIDE)).toBe(true);
  const known = samples.filter(isBetweenSlices(0, 9)).filter(isWithinPlane);
  expect(Math.max(...known.map(difference))).toBeLessThanOrEqual(1.5);
});

test('what cannot be computed honestly is refused with the reason', async () => {
  if (!pages.isolated) throw new Error('no page');
  expect((await sample(pages.isolated, 3, { plane: 'coronal' })).reason).toEqual({
    code: 'duplicate-positions',
    values: { count: 1 },
  });
  expect((await sample(pages.isolated, 3, { slab: { mode: 'mean', thicknessMm: 6 } })).reason?.code).toBe(
    'duplicate-positions',
  );
});
