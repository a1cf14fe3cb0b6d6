import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { element } from '#tests/support/dicom-files.ts';
import { aSeries, ctSlice, ctVolume, writeFiles } from '#tests/support/made-ct.ts';
import { openPage, screenshot } from '#tests/support/page.ts';
import {
  annotationTexts,
  drag,
  dragTool,
  imageShown,
  openStudy,
  screenPoint,
} from '#tests/support/viewer-page.ts';
import type { KnownImage } from '#tests/support/viewer-page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
const files = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

/** The value of every pixel is its column plus a hundred times its row. */
const ramp = (column: number, row: number) => column + 10 * row;
const slice = { columns: 64, rows: 64, number: 1, valueAt: ramp } as const;
const at = (x: number): readonly [number, number, number] => [x, 0, 0];

/** Studies by what is special about their pixels; their keys count from 1 in this order. */
const studies = [
  ctSlice(aSeries(), { ...slice, spacing: [1, 1], position: at(0) }),
  ctSlice(aSeries(), { ...slice, spacing: [2, 1], position: at(0) }),
  ctSlice(aSeries(), { ...slice }),
  ctSlice(aSeries(), {
    ...slice,
    elements: [
      element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.1'),
      element('00080060', 'CS', 'CR'),
      element('00181164', 'DS', ['0.5', '0.5']),
    ],
  }),
];
const [SQUARE, FLAT, UNKNOWN, RADIOGRAPH] = [1, 2, 3, 4];
const square: KnownImage = { columns: 64, rows: 64, spacing: [1, 1] };
const flat: KnownImage = { columns: 64, rows: 64, spacing: [2, 1] };
const VOLUME = 5;

beforeAll(async () => {
  // One after the other, so that the archive numbers them in this order.
  for (const [index, file] of studies.entries()) {
    writeFiles(files.path, [file], `study-${index}`);
    const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, files.path]);
    expect(imported.code).toBe(0);
  }
  writeFiles(files.path, ctVolume(aSeries()), 'volume');
  await runCommand('electron/commands/import.ts', ['--data', data.path, files.path]);
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url, { width: 1400, height: 900 }));
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
  files.remove();
});

async function open(studyKey: number) {
  await openStudy(page, studyKey);
  await imageShown(page);
}

const newestText = async () => (await annotationTexts(page)).at(-1);

test('lengths are those in the patient, on square pixels and on others', async () => {
  await open(SQUARE);
  await dragTool(page, 0, 'KeyL', square, [
    [10, 10],
    [40, 50],
  ]);
  await expect.poll(newestText).toBe('50.0 mm');
  await open(FLAT);
  // 30 columns of 1 mm, 20 rows of 2 mm.
  await dragTool(page, 0, 'KeyL', flat, [
    [10, 10],
    [40, 30],
  ]);
  await expect.poll(newestText).toBe('50.0 mm');
});

test('a rectangle tells area, mean, deviation and extremes of the pixels inside', async () => {
  await open(SQUARE);
  // Columns 10 to 20 and rows 30 to 34: the mean of column + 10 row is 15 + 320.
  await dragTool(page, 0, 'KeyD', square, [
    [9.6, 29.6],
    [20.4, 34.4],
  ]);
  const sd = Math.sqrt((11 ** 2 - 1) / 12 + (100 * (5 ** 2 - 1)) / 12);
  await expect
    .poll(newestText)
    .toMatch(/^面積 5[12]\.\d mm² \| 平均 335\.0 HU {2}SD \d+\.\d \| 最小 310 {2}最大 360$/);
  expect(await newestText()).toContain(`SD ${sd.toFixed(1)}`);
});

test('an ellipse on flat pixels has the area of an ellipse and the mean of its centre', async () => {
  await open(FLAT);
  // Half axes of 15.3 mm and 20.6 mm around column 30, row 32.
  await dragTool(page, 0, 'KeyE', flat, [
    [14.7, 21.7],
    [45.3, 42.3],
  ]);
  await expect.poll(newestText).toContain('平均 350.0 HU');
  const area = Number(/面積 ([\d.]+) mm²/.exec((await newestText()) ?? '')?.[1]);
  expect(area).toBeGreaterThan(Math.PI * 15.3 * 20.6 * 0.99);
  expect(area).toBeLessThan(Math.PI * 15.3 * 20.6 * 1.01);
});

test('a probe reads the pixel under it, on every part of the image', async () => {
  await open(SQUARE);
  for (const [column, row] of [
    [0, 0],
    [63, 63],
    [17, 42],
  ] as const) {
    await dragTool(page, 0, 'KeyU', square, [[column, row]]);
    await expect.poll(newestText).toBe(`${ramp(column, row)} HU`);
  }
});

test('turned and mirrored, the same pixels are measured', async () => {
  await open(SQUARE);
  await page.keyboard.press('KeyH');
  await dragTool(page, 0, 'KeyU', { ...square, flipHorizontal: true }, [[5, 60]]);
  await expect.poll(newestText).toBe(`${ramp(5, 60)} HU`);
  await page.keyboard.press('KeyH');
  await page.keyboard.press('KeyR');
  const turned = { ...square, rotationDeg: 90 };
  await dragTool(page, 0, 'KeyU', turned, [[5, 60]]);
  await expect.poll(newestText).toBe(`${ramp(5, 60)} HU`);
  await dragTool(page, 0, 'KeyD', turned, [
    [9.6, 29.6],
    [20.4, 34.4],
  ]);
  await expect.poll(newestText).toContain('平均 335.0 HU');
  await screenshot(page, 'viewer-measure-turned');
  await page.keyboard.press('Shift+KeyR');
});

test('angles, Cobb angles and calipers', async () => {
  await open(FLAT);
  await page.keyboard.press('Escape');
  await page.keyboard.press('KeyA');
  await drag(page, 0, flat, [
    [10, 10],
    [10, 30],
  ]);
  await drag(page, 0, flat, [[50, 30]]);
  await expect.poll(newestText).toBe('90.0°');
  await page.keyboard.press('KeyC');
  await drag(page, 0, flat, [
    [10, 40],
    [30, 40],
  ]);
  // 20 mm to the side and 20 mm down.
  await drag(page, 0, flat, [
    [10, 45],
    [30, 55],
  ]);
  await expect.poll(newestText).toBe('45.0°  (135.0°)');
  await page.keyboard.press('KeyB');
  await drag(page, 0, flat, [
    [10, 20],
    [50, 20],
  ]);
  await expect.poll(newestText).toBe('40.0 mm × 20.0 mm');
});

test('a drawn outline', async () => {
  await open(SQUARE);
  await dragTool(page, 0, 'KeyN', square, [
    [19.6, 19.6],
    [40.4, 19.6],
    [40.4, 40.4],
    [19.6, 40.4],
    [19.6, 20],
  ]);
  await expect.poll(newestText).toContain('平均 330.0 HU');
  const area = Number(/面積 ([\d.]+) mm²/.exec((await newestText()) ?? '')?.[1]);
  expect(area).toBeGreaterThan(428);
  expect(area).toBeLessThan(437);
});

test('without spacing lengths are in pixels and say so', async () => {
  await open(UNKNOWN);
  await dragTool(page, 0, 'KeyL', square, [
    [10, 10],
    [40, 50],
  ]);
  await expect.poll(newestText).toBe('50.0 px | 未校正');
});

test('a radiograph names what its lengths refer to', async () => {
  await open(RADIOGRAPH);
  await dragTool(page, 0, 'KeyL', square, [
    [10, 10],
    [40, 50],
  ]);
  await expect.poll(newestText).toBe('25.0 mm | 検出器面の長さ');
  await screenshot(page, 'viewer-measure-radiograph');
});

test('on a plane of a reformat the same millimetres', async () => {
  await open(VOLUME);
  await page.keyboard.press('KeyM');
  await expect.poll(() => page.locator('[data-pane]').count()).toBe(4);
  await imageShown(page, 1);
  // 64 columns of 1 mm; 20 slices of 2 mm make 39 or 40 rows of 1 mm.
  const coronal: KnownImage = { columns: 64, rows: 39, spacing: [1, 1] };
  await screenPoint(page, 1, coronal, [0, 0]);
  await page.keyboard.press('KeyL');
  await drag(page, 1, coronal, [
    [10, 20],
    [50, 20],
  ]);
  await expect.poll(async () => (await annotationTexts(page, 1)).at(-1)).toMatch(/^(39|40)\.\d mm$/);
  await screenshot(page, 'viewer-measure-reformat');
});

test('nothing went wrong in the page', () => {
  expect(errors).toEqual([]);
});
