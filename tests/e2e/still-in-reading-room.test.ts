// A still of the microscope as the archive keeps it: listed in the worklist, opened in the viewer, in its colours.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encode } from 'fast-png';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StillFacts } from '#shared/link/talk.ts';
import { writeSlideImage } from '#backend/processes/write-slide-image.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { colourPixels, places } from '#tests/support/kinds/drawing.ts';
import { openPage, screenshot } from '#tests/support/page.ts';
import { annotationTexts, dragTool, imageShown, paneOf, screenPoint } from '#tests/support/viewer-page.ts';
import type { KnownImage } from '#tests/support/viewer-page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const drawing = { columns: 240, rows: 150 };
const image: KnownImage = { ...drawing, spacing: [0.0005, 0.0005] };
const facts: StillFacts = {
  stillId: randomUUID(),
  slideId: randomUUID(),
  label: '24-1234 F1-1',
  takenAtUtc: '2026-11-22T12:34:56.000Z',
  deviceTimeMs: 1000,
  positionUm: { x: 1234.5, y: -250, z: 3.25 },
  objectiveId: 3,
  parcentricOffsetUm: { x: 0, y: 0 },
  magnification: 10,
  numericalAperture: 0.3,
  micrometresPerPixel: 0.5,
  widthPixels: drawing.columns,
  heightPixels: drawing.rows,
  region: null,
  focusScore: 1,
  sha256: '0'.repeat(64),
  sizeBytes: 1,
  requestedBy: 'pathologist',
  isKept: true,
};

const folder = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  const files = path.join(folder.path, 'files');
  const losslessPath = path.join(folder.path, 'still.png');
  mkdirSync(files);
  const { columns: width, rows: height } = drawing;
  const data = colourPixels(drawing, 'RGB');
  writeFileSync(losslessPath, encode({ width, height, channels: 3, depth: 8, data }));
  const patient = {
    patientId: 'SM-0001',
    patientName: 'YAMADA^TARO=山田^太郎=ヤマダ^タロウ',
    issuer: '島の病院',
  };
  await writeSlideImage({ facts, patient, losslessPath, targetPath: path.join(files, 'still.dcm') });
  const store = path.join(folder.path, 'data');
  const imported = await runCommand('electron/commands/import.ts', ['--data', store, files]);
  expect(imported.code, imported.stdout).toBe(0);
  workstation = await startWorkstation(store);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url));
}, 120_000);

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  folder.remove();
});

/** Colours on the screen where the drawing has its parts. */
async function shownColours(): Promise<number[][]> {
  const points = await Promise.all(
    places.map(({ at: [x, y] }) =>
      screenPoint(page, 0, image, [x * image.columns - 0.5, y * image.rows - 0.5]),
    ),
  );
  return paneOf(page)
    .locator('[data-testid=viewport] canvas')
    .first()
    .evaluate((element, onPage) => {
      const canvas = element as HTMLCanvasElement;
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no 2d context');
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return onPage.map(([x, y]) => {
        const column = Math.round(((x - left) / width) * canvas.width);
        const row = Math.round(((y - top) / height) * canvas.height);
        const [red = 0, green = 0, blue = 0] = context.getImageData(column, row, 1, 1).data;
        return [red, green, blue];
      });
    }, points);
}

test('the worklist lists the still under its patient and case', async () => {
  const row = page.getByRole('row', { name: /SM-0001/ });
  await row.waitFor();
  const text = await row.innerText();
  expect(text).toContain('山田 太郎');
  expect(text).toContain('SM');
  await row.dblclick();
  await imageShown(page);
});

test('the viewer shows it in its own colours', async () => {
  const off = async () => {
    const shown = await shownColours();
    return places.filter(({ colour }, index) =>
      colour.some((value, channel) => Math.abs(value - (shown[index]?.[channel] ?? -255)) > 12),
    ).length;
  };
  await page.keyboard.press('Shift+Digit1');
  await expect.poll(off).toBe(0);
  await screenshot(page, 'still-in-reading-room');
});

test('a length is what the objective makes of it', async () => {
  await dragTool(page, 0, 'KeyL', image, [
    [60, 75],
    [160, 75],
  ]);
  await expect.poll(() => annotationTexts(page)).toEqual([expect.stringMatching(/^50\.0 µm/)]);
});

test('nothing went wrong in the page', () => {
  expect(errors).toEqual([]);
});
