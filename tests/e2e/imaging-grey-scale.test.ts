import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VoiChoice } from '#renderer/imaging/index.ts';
import type { DataElement } from '#shared/dicom/write-data-set.ts';
import { element } from '#tests/support/dicom-files.ts';
import { closeImagingBrowsers, openImagingPage } from '#tests/support/imaging-page.ts';
import type { ImagingPage } from '#tests/support/imaging-page.ts';
import { anImageFile, madeSeriesUid, madeStudyUid, writeFiles } from '#tests/support/made-files.ts';
import { imagesOfFiles } from '#tests/support/dicom-metadata.ts';
import { root, runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const COLUMNS = 64;
const ROWS = 32;
const COUNT = COLUMNS * ROWS;
const folder = temporaryDirectory();
let workstation: Workstation;
let imaging: ImagingPage;

/** Stored values from -1024 to 1023, each once. */
const signed = Int16Array.from({ length: COUNT }, (_, index) => index - 1024);
const unsigned = Uint16Array.from({ length: COUNT }, (_, index) => index * 2);

const window = (centre: string, width: string, voiFunction?: string): DataElement[] => [
  element('00281050', 'DS', centre.split('\\')),
  element('00281051', 'DS', width.split('\\')),
  ...(voiFunction === undefined ? [] : [element('00281056', 'CS', voiFunction)]),
];
const rescale = (slope: string, intercept: string) => [
  element('00281052', 'DS', intercept),
  element('00281053', 'DS', slope),
];
const modality = (name: string) => element('00080060', 'CS', name);
const inverted = element('00280004', 'CS', 'MONOCHROME1');
const inverseShape = element('20500020', 'CS', 'INVERSE');

/** A curve that is nothing like a straight line. */
const curve = (entries: number, highest: number) =>
  Array.from({ length: entries }, (_, index) => Math.round(highest * (index / (entries - 1)) ** 2));
const table = (descriptor: readonly number[], data: DataElement, vr = 'US') =>
  element('00283010', 'SQ', { items: [[element('00283002', vr, descriptor), data]] });
const words = (values: readonly number[]) => element('00283006', 'US', values);

/** 370 MBq of a tracer with a half-life of 6588 s, injected an hour before the scan, into 70 kg. */
const positron: DataElement[] = [
  modality('PT'),
  element('00080021', 'DA', '20260102'),
  element('00080022', 'DA', '20260102'),
  element('00080031', 'TM', '110000'),
  element('00080032', 'TM', '110000'),
  element('00101030', 'DS', '70'),
  element('00280051', 'CS', ['DECY', 'ATTN']),
  element('00541001', 'CS', 'BQML'),
  element('00541102', 'CS', 'START'),
  element('00540016', 'SQ', {
    items: [
      [
        element('00181072', 'TM', '100000'),
        element('00181074', 'DS', '370000000'),
        element('00181075', 'DS', '6588'),
      ],
    ],
  }),
];
const place = (z: string) =>
  element('00209113', 'SQ', { items: [[element('00200032', 'DS', ['0', '0', z])]] });
const transform = (slope: string, intercept: string) =>
  element('00289145', 'SQ', { items: [rescale(slope, intercept)] });

/** One series each, by name; the number of a series is its place here. */
const images: Readonly<
  Record<string, { pixels: Int16Array | Uint16Array | Uint8Array; elements: DataElement[] }[]>
> = {
  linear: [{ pixels: signed, elements: window('40', '400') }],
  'linear of several': [{ pixels: signed, elements: window('40\\-200', '400\\900') }],
  'linear of width 1': [{ pixels: signed, elements: window('100', '1') }],
  'linear exact': [{ pixels: signed, elements: window('100.5', '333', 'LINEAR_EXACT') }],
  sigmoid: [{ pixels: signed, elements: window('50', '500', 'SIGMOID') }],
  rescaled: [{ pixels: unsigned, elements: [...window('300', '800'), ...rescale('0.5', '-1024')] }],
  inverted: [{ pixels: signed, elements: [...window('40', '400'), inverted] }],
  'inverse shape': [{ pixels: signed, elements: [...window('40', '400'), inverseShape] }],
  'inverted and inverse shape': [
    { pixels: signed, elements: [...window('40', '400'), inverted, inverseShape] },
  ],
  'both polarities': [
    { pixels: signed, elements: window('40', '400') },
    { pixels: signed, elements: [...window('40', '400'), inverted] },
  ],
  'window per image': [
    { pixels: signed, elements: window('0', '200') },
    { pixels: signed, elements: window('300', '1200') },
  ],
  'table of 16 bit': [
    { pixels: unsigned, elements: [modality('DX'), table([1000, 500, 16], words(curve(1000, 65_535)))] },
  ],
  'table of 12 bit': [
    { pixels: unsigned, elements: [modality('DX'), table([1000, 500, 12], words(curve(1000, 4095)))] },
  ],
  'table below zero': [
    { pixels: signed, elements: [modality('DX'), table([1000, -500, 10], words(curve(1000, 1023)), 'SS')] },
  ],
  'table beside a window': [
    {
      pixels: unsigned,
      elements: [modality('DX'), ...window('800', '900'), table([2048, 0, 8], words(curve(2048, 255)))],
    },
  ],
  padded: [
    {
      pixels: signed.map((value) => (value < -900 ? -1024 : value)),
      elements: [
        ...window('40', '4000'),
        ...rescale('1', '-100'),
        inverted,
        element('00280120', 'SS', -1024),
      ],
    },
  ],
  'unwindowed magnetic resonance': [
    {
      // A quarter of background, then everything from 100 to 3100 but for a few bright pixels.
      pixels: Uint16Array.from({ length: COUNT }, (_, index) => {
        if (index % 4 === 0) return index % 3;
        return index % 200 === 1 ? 30_000 : 100 + ((index * 37) % 3000);
      }),
      elements: [modality('MR')],
    },
  ],
  'unwindowed CT': [{ pixels: signed, elements: rescale('1', '0') }],
  'PET in SUV': [
    { pixels: unsigned, elements: [...positron, ...rescale('10', '0'), ...window('3000', '5000')] },
  ],
  'PET without weight': [
    {
      pixels: unsigned,
      elements: [
        ...positron.filter(({ tag }) => tag !== '00101030'),
        ...rescale('10', '0'),
        ...window('3000', '5000'),
      ],
    },
  ],
  'frames of their own': [
    {
      pixels: Int16Array.from([...signed, ...signed]),
      elements: [
        element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2.1'),
        element('00280008', 'IS', '2'),
        element('52009229', 'SQ', {
          items: [
            [
              element('00209116', 'SQ', {
                items: [[element('00200037', 'DS', ['1', '0', '0', '0', '1', '0'])]],
              }),
            ],
          ],
        }),
        element('52009230', 'SQ', {
          items: [
            [place('0'), element('00289132', 'SQ', { items: [window('0', '200')] }), transform('1', '0')],
            [place('5'), element('00289132', 'SQ', { items: [window('50', '600')] }), transform('2', '-100')],
          ],
        }),
      ],
    },
  ],
  colour: [
    {
      pixels: Uint8Array.from({ length: COUNT * 3 }, (_, index) => (index * 7) % 256),
      elements: window('40', '80'),
    },
  ],
};

const names = Object.keys(images);
const seriesNumberOf = (name: string) => names.indexOf(name) + 1;
const fileOf = (name: string, index = 0) => path.join(folder.path, `${seriesNumberOf(name)}-${index}.dcm`);

beforeAll(async () => {
  const files = names.flatMap((name) =>
    (images[name] ?? []).map(({ pixels, elements }, index) => ({
      path: fileOf(name, index),
      bytes: anImageFile({
        columns: COLUMNS,
        rows: ROWS,
        pixels,
        elements,
        seriesNumber: seriesNumberOf(name),
        instanceNumber: index + 1,
      }),
    })),
  );
  for (const { path: file, bytes } of files) writeFiles(path.dirname(file), [bytes], path.basename(file));
  const data = path.join(folder.path, 'data');
  const imported = await runCommand('electron/commands/import.ts', [
    '--data',
    data,
    ...files.map((file) => file.path),
  ]);
  expect(imported.code, imported.stderr).toBe(0);
  workstation = await startWorkstation(data);
  imaging = await openImagingPage({ workstation });
});

afterAll(async () => {
  expect(imaging.errors).toEqual([]);
  await imaging.close();
  await closeImagingBrowsers();
  await workstation.stop();
  folder.remove();
});

/** Red, green and blue of every pixel of the canvas, which is exactly as large as the image. */
async function shown(
  name: string,
  options: { index?: number; voiChoice?: VoiChoice; isInverted?: boolean } = {},
) {
  return imaging.page.evaluate(
    async ({ studyUid, seriesUid, size, options }) => {
      const { openSeries, openView, canvasPixels } = imagingPage;
      const { stacks } = await openSeries(studyUid as never, seriesUid as never, 1 as never);
      const view = openView(size);
      const [stack] = stacks;
      if (!stack || stacks.length > 1) throw new Error(`${stacks.length} stacks`);
      await view.show(stack, { index: 0, ...options });
      const { data } = canvasPixels(view);
      const state = view.state.get();
      view.dispose();
      view.element.remove();
      if (state.status !== 'shown') throw new Error(String(state.failure));
      return { colours: data.filter((_, at) => at % 4 !== 3), window: state.window };
    },
    {
      studyUid: madeStudyUid,
      seriesUid: madeSeriesUid(seriesNumberOf(name)),
      size: { width: COLUMNS, height: ROWS },
      options,
    },
  );
}

async function greys(name: string, options?: Parameters<typeof shown>[1]): Promise<number[]> {
  const { colours } = await shown(name, options);
  return colours.filter((_, at) => at % 3 === 0);
}

/** What DCMTK makes of the same file: 8-bit grey levels. */
function dcmtk(name: string, ...options: string[]): number[] {
  const target = path.join(folder.path, 'out.pgm');
  execFileSync('/usr/bin/dcm2pnm', ['-O', ...options, '+op', fileOf(name), target], { stdio: 'ignore' });
  const file = readFileSync(target);
  return [...file.subarray(file.length - COUNT)];
}

const furthest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? Infinity))));

const level = (part: number) => Math.round(Math.min(1, Math.max(0, part)) * 255);
// PS3.3 sections C.11.2.1.2.1, C.11.2.1.3.2 and C.11.2.1.3.1, written down again for this test.
const linear = (centre: number, width: number) => (value: number) =>
  level((value - (centre - 0.5)) / (width - 1) + 0.5);
const linearExact = (centre: number, width: number) => (value: number) =>
  level((value - centre) / width + 0.5);
const sigmoid = (centre: number, width: number) => (value: number) =>
  level(1 / (1 + Math.exp((-4 * (value - centre)) / width)));
const byTable = (first: number, entries: readonly number[], highest: number) => (value: number) =>
  level((entries[Math.min(entries.length - 1, Math.max(0, value - first))] ?? 0) / highest);
const inverse = (levelOf: (value: number) => number) => (value: number) => 255 - levelOf(value);
const each = (values: ArrayLike<number>, levelOf: (value: number) => number) => Array.from(values, levelOf);

test('a linear window', async () => {
  const canvas = await greys('linear');
  expect(canvas).toEqual(each(signed, linear(40, 400)));
  expect(furthest(canvas, dcmtk('linear', '+Wi', '1'))).toBeLessThanOrEqual(1);
});

test('the second window of the file, and numbers of the doctor', async () => {
  expect(await greys('linear of several', { voiChoice: { kind: 'file', index: 1 } })).toEqual(
    each(signed, linear(-200, 900)),
  );
  const own = { kind: 'window', window: { width: 1500, centre: -600 } } as const;
  const { colours, window: used } = await shown('linear of several', { voiChoice: own });
  expect(colours.filter((_, at) => at % 3 === 0)).toEqual(each(signed, linear(-600, 1500)));
  expect(used).toEqual({ width: 1500, centre: -600 });
});

test('a width of 1 is a threshold', async () => {
  expect(await greys('linear of width 1')).toEqual(each(signed, (value) => (value <= 99.5 ? 0 : 255)));
});

test('LINEAR_EXACT', async () => {
  expect(furthest(await greys('linear exact'), each(signed, linearExact(100.5, 333)))).toBeLessThanOrEqual(0);
});

test('SIGMOID', async () => {
  const canvas = await greys('sigmoid');
  expect(canvas).toEqual(each(signed, sigmoid(50, 500)));
  expect(furthest(canvas, dcmtk('sigmoid', '+Wi', '1', '+Wfs'))).toBeLessThanOrEqual(1);
  // A linear window would be far off: the function is not ignored.
  expect(furthest(canvas, each(signed, linear(50, 500)))).toBeGreaterThan(25);
});

test('windows apply to modality values', async () => {
  const canvas = await greys('rescaled');
  expect(canvas).toEqual(each(unsigned, (stored) => linear(300, 800)(stored * 0.5 - 1024)));
  expect(furthest(canvas, dcmtk('rescaled', '+Wi', '1'))).toBeLessThanOrEqual(1);
});

test('MONOCHROME1 and Presentation LUT Shape INVERSE show the smallest value white, once', async () => {
  const expected = each(signed, inverse(linear(40, 400)));
  expect(await greys('inverted')).toEqual(expected);
  expect(furthest(expected, dcmtk('inverted', '+Wi', '1'))).toBeLessThanOrEqual(1);
  expect(await greys('inverse shape')).toEqual(expected);
  expect(await greys('inverted and inverse shape')).toEqual(expected);
});

test('the doctor inverts on top of that', async () => {
  expect(await greys('inverted', { isInverted: true })).toEqual(each(signed, linear(40, 400)));
});

test('both polarities in one stack', async () => {
  expect(await greys('both polarities', { index: 0 })).toEqual(each(signed, linear(40, 400)));
  expect(await greys('both polarities', { index: 1 })).toEqual(each(signed, inverse(linear(40, 400))));
});

test('every image has its own window until the doctor chooses one', async () => {
  expect(await greys('window per image', { index: 0 })).toEqual(each(signed, linear(0, 200)));
  expect(await greys('window per image', { index: 1 })).toEqual(each(signed, linear(300, 1200)));
});

test('VOI LUT Sequences', async () => {
  const sixteen = await greys('table of 16 bit');
  expect(sixteen).toEqual(each(unsigned, byTable(500, curve(1000, 65_535), 65_535)));
  expect(furthest(sixteen, dcmtk('table of 16 bit', '+Wl', '1'))).toBeLessThanOrEqual(1);
  const twelve = await greys('table of 12 bit');
  expect(twelve).toEqual(each(unsigned, byTable(500, curve(1000, 4095), 4095)));
  expect(furthest(twelve, dcmtk('table of 12 bit', '+Wl', '1'))).toBeLessThanOrEqual(1);
  const below = await greys('table below zero');
  expect(below).toEqual(each(signed, byTable(-500, curve(1000, 1023), 1023)));
  expect(furthest(below, dcmtk('table below zero', '+Wl', '1'))).toBeLessThanOrEqual(1);
});

test('a radiograph starts with its table, the window is one step away', async () => {
  expect(await greys('table beside a window')).toEqual(each(unsigned, byTable(0, curve(2048, 255), 255)));
  expect(await greys('table beside a window', { voiChoice: { kind: 'file', index: 1 } })).toEqual(
    each(unsigned, linear(800, 900)),
  );
});

test('padding is black, also where black is white', async () => {
  const expected = each(images['padded']?.[0]?.pixels ?? [], (stored) =>
    stored === -1024 ? 0 : inverse(linear(40, 4000))(stored - 100),
  );
  expect(await greys('padded')).toEqual(expected);
});

test('colours are shown as they are, whatever window the file names', async () => {
  const { colours, window: used } = await shown('colour');
  expect(colours).toEqual([...(images['colour']?.[0]?.pixels ?? [])]);
  expect(used).toBeUndefined();
});

test('frames with functional groups have their own windows and their own modality values', async () => {
  expect(await greys('frames of their own', { index: 0 })).toEqual(each(signed, linear(0, 200)));
  expect(await greys('frames of their own', { index: 1 })).toEqual(
    each(signed, (stored) => linear(50, 600)(stored * 2 - 100)),
  );
});

test('MR without a window shows the 1st to 99th percentile of what is no background', async () => {
  const { window: used } = await shown('unwindowed magnetic resonance');
  const lowest = (used?.centre ?? 0) - (used?.width ?? 0) / 2;
  const highest = (used?.centre ?? 0) + (used?.width ?? 0) / 2;
  expect(lowest).toBeGreaterThan(90);
  expect(lowest).toBeLessThan(170);
  expect(highest).toBeGreaterThan(3000);
  expect(highest).toBeLessThan(3200);
});

test('CT without a window starts with soft tissue', async () => {
  expect((await shown('unwindowed CT')).window).toEqual({ width: 400, centre: 40 });
});

test('PET is shown as SUV from 0 to 5 where it can be computed', async () => {
  const { colours, window: used } = await shown('PET in SUV');
  expect(used).toEqual({ width: 5, centre: 2.5 });
  const remaining = 370e6 * 2 ** (-3600 / 6588);
  const suv = (stored: number) => (stored * 10 * 70_000) / remaining;
  expect(Math.max(...each(unsigned, suv))).toBeGreaterThan(5);
  const levels = each(unsigned, (stored) => level(suv(stored) / 5));
  expect(
    furthest(
      colours.filter((_, at) => at % 3 === 0),
      levels,
    ),
  ).toBeLessThanOrEqual(1);
});

test('PET without weight stays in becquerel with the window of the file', async () => {
  const { colours, window: used } = await shown('PET without weight');
  expect(used).toEqual({ width: 5000, centre: 3000 });
  expect(colours.filter((_, at) => at % 3 === 0)).toEqual(
    each(unsigned, (stored) => linear(3000, 5000)(stored * 10)),
  );
});

test.for([
  ['pydicom-data/vlut_04.dcm', ['+Wl', '1']],
  ['pydicom-data/mlut_18.dcm', ['+Wm']],
  ['highdicom/dx_image.dcm', ['+Wi', '1']],
  [
    'transfer-syntaxes-cornerstone/CTImage.dcm_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm',
    ['+Wi', '1'],
  ],
] as const)('%s looks as DCMTK shows it', async ([name, options], context) => {
  const file = path.join(root, '../shared/dicom', name);
  if (!existsSync(file)) context.skip('the public DICOM files are not beside the project');
  expect((await runCommand('electron/commands/import.ts', ['--data', workstation.dataDir, file])).code).toBe(
    0,
  );
  const [image] = imagesOfFiles([file]);
  if (!image) throw new Error('no image');
  const { studyUid, seriesUid, columns, rows } = image;
  const target = path.join(folder.path, 'real.pgm');
  execFileSync('/usr/bin/dcm2pnm', ['-O', ...options, '+op', file, target], { stdio: 'ignore' });
  const expected = readFileSync(target).subarray(-columns * rows);
  const { worst, ofMost } = await imaging.page.evaluate(
    async ({ studyUid, seriesUid, size, expected, isFullRange }) => {
      const { openSeries, openView, canvasPixels, frameOf } = imagingPage;
      const { stacks } = await openSeries(studyUid, seriesUid, 1 as never);
      const view = openView(size);
      const [stack] = stacks;
      if (!stack) throw new Error('no stack');
      await view.show(stack, { index: 0 });
      if (isFullRange) {
        const frame = frameOf(view);
        const [minimum, maximum] = frame?.kind === 'grey' ? [frame.minimum, frame.maximum] : [0, 1];
        const drawn = imagingPage.rendered(view);
        view.setVoi({
          kind: 'window',
          window: { width: maximum - minimum + 1, centre: (minimum + maximum + 1) / 2 },
        });
        await drawn;
      }
      const { data } = canvasPixels(view);
      view.dispose();
      view.element.remove();
      const differences = expected
        .map((grey, at) => Math.abs(grey - (data[at * 4] ?? -999)))
        .sort((a, b) => a - b);
      return { worst: differences.at(-1), ofMost: differences[Math.floor(expected.length * 0.95)] };
    },
    {
      studyUid,
      seriesUid,
      size: { width: columns, height: rows },
      expected: [...expected],
      isFullRange: options[0] === '+Wm',
    },
  );
  // Pixels that are not square are drawn in their true shape, which DCMTK was not told to do.
  const isSquare = image.spacing.kind === 'uncalibrated' || image.spacing.rowMm === image.spacing.columnMm;
  expect(isSquare ? worst : ofMost).toBeLessThanOrEqual(1);
});
