import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { element } from '#tests/support/dicom-files.ts';
import { openImagingPage } from '#tests/support/imaging-page.ts';
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
