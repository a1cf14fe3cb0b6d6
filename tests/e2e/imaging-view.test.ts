import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { element } from '#tests/support/dicom-files.ts';
import { closeImagingBrowsers, openImagingPage } from '#tests/support/imaging-page.ts';
import type { ImagingPage } from '#tests/support/imaging-page.ts';
import { anImageFile, madeSeriesUid, madeStudyUid, writeFiles } from '#tests/support/made-files.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const COLUMNS = 64;
const ROWS = 48;
const folder = temporaryDirectory();
let workstation: Workstation;
let imaging: ImagingPage;

/** Every pixel another value: 0, 1, 2 ... */
const ramp = (slice: number) => Int16Array.from({ length: COLUMNS * ROWS }, (_, index) => index + slice);

beforeAll(async () => {
  const slices = Array.from({ length: 6 }, (_, slice) =>
    anImageFile({ columns: COLUMNS, rows: ROWS, pixels: ramp(slice), instanceNumber: slice + 1 }),
  );
  const wide = anImageFile({
    columns: COLUMNS,
    rows: ROWS,
    pixels: ramp(0),
    seriesNumber: 2,
    elements: [element('00280030', 'DS', ['1', '2'])],
  });
  writeFiles(path.join(folder.path, 'files'), [...slices, wide]);
  const data = path.join(folder.path, 'data');
  const imported = await runCommand('electron/commands/import.ts', [
    '--data',
    data,
    path.join(folder.path, 'files'),
  ]);
  expect(imported.code, imported.stderr).toBe(0);
  workstation = await startWorkstation(data);
  imaging = await openImagingPage({ workstation });
});

afterAll(async () => {
  await imaging.close();
  await closeImagingBrowsers();
  await workstation.stop();
  folder.remove();
});

/** Shows a series in a view of its own and returns the canvas, row by row, as grey levels. */
async function show(
  page: ImagingPage['page'],
  options: {
    seriesNumber?: number;
    index?: number;
    width?: number;
    height?: number;
    window?: { width: number; centre: number };
  },
) {
  const { seriesNumber = 1, index = 0, width = COLUMNS, height = ROWS } = options;
  return page.evaluate(
    async ({ studyUid, seriesUid, index, width, height, window }) => {
      const { openSeries, openView, canvasPixels } = imagingPage;
      const { stacks } = await openSeries(studyUid as never, seriesUid as never, 1 as never);
      const view = openView({ width, height });
      const [stack] = stacks;
      if (!stack) throw new Error('no stack');
      await view.show(stack, { index, ...(window && { voiChoice: { kind: 'window', window } }) });
      const pixels = canvasPixels(view);
      const greys = pixels.data.filter((_, at) => at % 4 === 0);
      const state = view.state.get();
      view.dispose();
      view.element.remove();
      return {
        ...pixels,
        data: greys,
        status: state.status,
        index: state.index,
        failure: String(state.failure),
      };
    },
    {
      studyUid: madeStudyUid,
      seriesUid: madeSeriesUid(seriesNumber),
      index,
      width,
      height,
      window: options.window,
    },
  );
}

test('an image that fits exactly is drawn pixel by pixel', async () => {
  const window = { width: COLUMNS * ROWS, centre: (COLUMNS * ROWS) / 2 };
  const canvas = await show(imaging.page, { index: 2, window });
  expect(canvas).toMatchObject({ width: COLUMNS, height: ROWS, status: 'shown', index: 2 });
  // PS3.3 section C.11.2.1.2.1, written down again for this test.
  const expected = [...ramp(2)].map((value) =>
    Math.round(Math.min(1, Math.max(0, (value - (window.centre - 0.5)) / (window.width - 1) + 0.5)) * 255),
  );
  expect(canvas.data).toEqual(expected);
});

interface Look {
  readonly zoom: number;
  readonly pan: readonly [number, number];
  readonly rotationDeg: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
}

const looks: readonly Look[] = [
  { zoom: 1, pan: [0, 0], rotationDeg: 0, flipHorizontal: false, flipVertical: false },
  { zoom: 2.5, pan: [0.1, -0.2], rotationDeg: 0, flipHorizontal: false, flipVertical: false },
  { zoom: 1, pan: [0, 0], rotationDeg: 90, flipHorizontal: false, flipVertical: false },
  { zoom: 1.4, pan: [-0.1, 0.05], rotationDeg: 270, flipHorizontal: true, flipVertical: false },
  { zoom: 1, pan: [0.05, 0.05], rotationDeg: 180, flipHorizontal: false, flipVertical: true },
  { zoom: 0.8, pan: [0, 0], rotationDeg: 37, flipHorizontal: true, flipVertical: true },
];

/** Where a pixel belongs on the screen: flipped, rotated clockwise, enlarged and moved, in this order. */
function place(
  look: Look,
  column: number,
  row: number,
  screen: { width: number; height: number },
  spacing: readonly [number, number],
) {
  const [rowMm, columnMm] = spacing;
  const [widthMm, heightMm] = [COLUMNS * columnMm, ROWS * rowMm];
  const angle = (look.rotationDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const fit = Math.min(
    screen.width / (widthMm * Math.abs(cos) + heightMm * Math.abs(sin)),
    screen.height / (widthMm * Math.abs(sin) + heightMm * Math.abs(cos)),
  );
  const upright = Math.min(screen.width / widthMm, screen.height / heightMm);
  const x = (column - (COLUMNS - 1) / 2) * columnMm * (look.flipHorizontal ? -1 : 1);
  const y = (row - (ROWS - 1) / 2) * rowMm * (look.flipVertical ? -1 : 1);
  return [
    screen.width / 2 + (x * cos - y * sin) * fit * look.zoom + look.pan[0] * heightMm * upright,
    screen.height / 2 + (x * sin + y * cos) * fit * look.zoom + look.pan[1] * heightMm * upright,
  ] as const;
}

const corners = [
  [0, 0],
  [COLUMNS - 1, 0],
  [10, 30],
  [COLUMNS - 1, ROWS - 1],
] as const;

for (const { seriesNumber, spacing, ratio } of [
  { seriesNumber: 1, spacing: [1, 1] as const, ratio: 1 },
  { seriesNumber: 2, spacing: [1, 2] as const, ratio: 1 },
  { seriesNumber: 1, spacing: [1, 1] as const, ratio: 1.5 },
  { seriesNumber: 2, spacing: [1, 2] as const, ratio: 2 },
]) {
  test(`pixels lie where the camera puts them: spacing ${spacing.join('/')}, ${ratio} screen pixels per CSS pixel`, async () => {
    const sharp = ratio === 1 ? imaging : await openImagingPage({ workstation, devicePixelRatio: ratio });
    const screen = { width: 500, height: 420 };
    const shown = await sharp.page.evaluate(
      async ({ studyUid, seriesUid, looks, corners, screen }) => {
        const { openSeries, openView, rendered, canvasPixels } = imagingPage;
        const { stacks } = await openSeries(studyUid as never, seriesUid as never, 1 as never);
        const view = openView(screen);
        const [stack] = stacks;
        if (!stack) throw new Error('no stack');
        await view.show(stack, {
          index: 0,
          voiChoice: { kind: 'window', window: { width: 3073, centre: 1536.5 } },
        });
        const results = [];
        for (const look of looks) {
          const drawn = rendered(view);
          view.setCamera(look);
          await drawn;
          const map = view.imageToScreen();
          if (!map) throw new Error('no image');
          const { width, height, data } = canvasPixels(view);
          results.push({
            size: [width, height],
            camera: view.state.get().camera,
            at: corners.map(([column, row]) => {
              const x = map.a * column + map.c * row + map.e;
              const y = map.b * column + map.d * row + map.f;
              const [px, py] = [Math.floor(x * devicePixelRatio), Math.floor(y * devicePixelRatio)];
              const isVisible = px >= 0 && py >= 0 && px < width && py < height;
              return { x, y, grey: isVisible ? (data[(py * width + px) * 4] ?? -1) : undefined };
            }),
          });
        }
        view.dispose();
        view.element.remove();
        return results;
      },
      { studyUid: madeStudyUid, seriesUid: madeSeriesUid(seriesNumber), looks, corners, screen },
    );
    if (sharp !== imaging) await sharp.close();
    looks.forEach((look, index) => {
      const { size, camera, at } = shown[index] ?? { size: [], camera: undefined, at: [] };
      expect(size).toEqual([Math.round(screen.width * ratio), Math.round(screen.height * ratio)]);
      expect(camera).toEqual(look);
      corners.forEach(([column, row], corner) => {
        const [x, y] = place(look, column, row, screen, spacing);
        expect(at[corner]?.x).toBeCloseTo(x, 3);
        expect(at[corner]?.y).toBeCloseTo(y, 3);
        const grey = at[corner]?.grey;
        // A screen pixel away the ramp has risen by at most a row.
        if (grey !== undefined)
          expect(Math.abs(grey - ((row * COLUMNS + column) / 3072) * 255)).toBeLessThan(6);
      });
    });
  });
}

test('flips and turns are as the doctor sees them, whatever was done before', async () => {
  const steps = await imaging.page.evaluate(
    async ({ studyUid, seriesUid }) => {
      const { openSeries, openView } = imagingPage;
      const { stacks } = await openSeries(studyUid as never, seriesUid as never, 1 as never);
      const view = openView({ width: 400, height: 300 });
      const [stack] = stacks;
      if (!stack) throw new Error('no stack');
      await view.show(stack, { index: 0 });
      const letters = () => {
        const { left, right, top, bottom } = view.state.get().letters ?? {
          left: '',
          right: '',
          top: '',
          bottom: '',
        };
        return `${left}${right}${top}${bottom}`;
      };
      const seen = [letters()];
      view.rotateBy(90);
      seen.push(letters());
      view.flip('horizontal');
      seen.push(letters());
      view.rotateBy(90);
      seen.push(letters());
      view.flip('vertical');
      seen.push(letters());
      view.reset();
      seen.push(letters());
      // The point under the pointer stays where it is.
      view.zoomBy(2, [50, 60]);
      const before = view.imageToScreen();
      view.zoomBy(1.7, [50, 60]);
      const after = view.imageToScreen();
      const pixelAt = (map: typeof before, x: number, y: number) =>
        map ? [(x - map.e) / map.a, (y - map.f) / map.d] : [];
      const held = [pixelAt(before, 50, 60), pixelAt(after, 50, 60)];
      view.dispose();
      view.element.remove();
      return { seen, held };
    },
    { studyUid: madeStudyUid, seriesUid: madeSeriesUid(1) },
  );
  // Left, right, top, bottom: head first, from the feet.
  expect(steps.seen).toEqual(['RLAP', 'PARL', 'APRL', 'LRAP', 'LRPA', 'RLAP']);
  expect(steps.held[0]?.[0]).toBeCloseTo(steps.held[1]?.[0] ?? 0, 6);
  expect(steps.held[0]?.[1]).toBeCloseTo(steps.held[1]?.[1] ?? 0, 6);
});

test('a view keeps its picture when its part of the screen changes size', async () => {
  const sizes = await imaging.page.evaluate(
    async ({ studyUid, seriesUid }) => {
      const { openSeries, openView, rendered } = imagingPage;
      const { stacks } = await openSeries(studyUid as never, seriesUid as never, 1 as never);
      const view = openView({ width: 640, height: 480 });
      const [stack] = stacks;
      if (!stack) throw new Error('no stack');
      await view.show(stack, {
        index: 0,
        camera: { ...view.state.get().camera, zoom: 1.5, pan: [0.2, 0.1] },
      });
      const drawn = rendered(view);
      view.element.style.width = '320px';
      view.element.style.height = '240px';
      await drawn;
      const map = view.imageToScreen();
      const { camera } = view.state.get();
      const canvas = view.element.querySelector('canvas');
      view.dispose();
      view.element.remove();
      return { map, camera, canvas: [canvas?.width, canvas?.height] };
    },
    { studyUid: madeStudyUid, seriesUid: madeSeriesUid(1) },
  );
  expect(sizes.canvas).toEqual([320, 240]);
  expect(sizes.camera).toMatchObject({ zoom: 1.5, pan: [0.2, 0.1] });
  expect(sizes.map?.a).toBeCloseTo(5 * 1.5, 6);
});

test('nothing went wrong unnoticed', () => {
  expect(imaging.errors).toEqual([]);
});
