import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nameSlide, openBench, takeControl } from '#tests/support/bench-page.ts';
import { launchChromium } from '#tests/support/chromium.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };
const folder = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  browser = await launchChromium();
  workstation = await startWorkstation(folder.path);
  ({ page, errors } = await openPage(browser, workstation.url, { width: 1600, height: 1400 }));
  await openBench(page);
  await nameSlide(page, '26-1 F1-1');
  await takeControl(page);
});

afterAll(async () => {
  await browser.close();
  await workstation.stop();
  folder.remove();
});

/** Mean of the middle of the picture, as it is shown. */
function shownColour(): Promise<{ red: number; green: number; blue: number }> {
  return page.locator('[data-testid=microscope-picture] [role=img] canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    if (!copy) throw new Error('no 2d context');
    copy.drawImage(canvas, 0, 0);
    const side = 60;
    const { data } = copy.getImageData((canvas.width - side) / 2, (canvas.height - side) / 2, side, side);
    const sums = [0, 0, 0];
    for (let at = 0; at < data.length; at += 1) {
      if (at % 4 < 3) sums[at % 4] = (sums[at % 4] ?? 0) + (data[at] ?? 0) / (side * side);
    }
    return { red: sums[0] ?? 0, green: sums[1] ?? 0, blue: sums[2] ?? 0 };
  });
}

async function goTo(partX: number, partY: number): Promise<void> {
  const map = page.getByTestId('slide-map');
  const box = await map.boundingBox();
  if (!box) throw new Error('no map');
  await map.click({ position: { x: box.width * partX, y: box.height * partY } });
  const place = () => page.getByTestId('position').textContent();
  let before = '';
  await expect
    .poll(async () => {
      const last = before;
      before = (await place()) ?? '';
      await page.waitForTimeout(500);
      return last === before;
    }, PATIENCE)
    .toBe(true);
}

async function heightUm(): Promise<number> {
  const text = (await page.getByTestId('position').textContent()) ?? '';
  return Number(/Z (?<z>-?[\d.]+)/.exec(text)?.groups?.['z']);
}

const openCheck = () => page.getByTestId('day-check').click(PATIENCE);
const dialog = () => page.getByRole('dialog');

test('where there is tissue in the field white is not measured, and nothing changes', async () => {
  await openCheck();
  await page.getByTestId('measure-white').click();
  const refused = page.getByTestId('white-refused');
  await refused.waitFor(PATIENCE);
  expect(await refused.getAttribute('data-reason')).toBe('not-blank');
  expect(await refused.textContent()).toContain('何も変えていません');
  await dialog().getByRole('button', { name: 'やめる' }).click();
  expect(await page.getByTestId('white-in-use').count()).toBe(0);
});

test('the white of an empty field is measured, used at once, and used again after a restart', async () => {
  // The corner of the reach of the stage: glass.
  await goTo(0.06, 0.06);
  const yellowish = await shownColour();
  expect(yellowish.red - yellowish.blue).toBeGreaterThan(6);
  await openCheck();
  await page.getByTestId('measure-white').click();
  await page.getByTestId('white-measured').waitFor(PATIENCE);
  const white = await shownColour();
  expect(Math.abs(white.red - white.blue)).toBeLessThan(2);
  expect(Math.abs(white.green - white.blue)).toBeLessThan(2);
  await dialog().getByRole('button', { name: 'やめる' }).click();
  await page.getByTestId('white-in-use').waitFor(PATIENCE);
  await page.waitForTimeout(500);
  await page.reload();
  await openBench(page);
  await page.getByTestId('white-in-use').waitFor(PATIENCE);
  const again = await shownColour();
  expect(Math.abs(again.red - again.blue)).toBeLessThan(2);
});

test('focus is found with every dry objective, and the limits a person confirms are in force', async () => {
  await takeControl(page);
  await goTo(0.5, 0.5);
  await openCheck();
  // Where the simulated picture comes too late for autofocus, a person presses again, and so does this.
  await expect
    .poll(
      async () => {
        const button = page.getByTestId('measure-focus');
        if (!(await button.isEnabled())) return 0;
        const found = await dialog().getByRole('button', { name: 'この範囲にする' }).count();
        if (found < 5) await button.click();
        return found;
      },
      { timeout: 200_000, interval: 500 },
    )
    .toBe(5);
  // The oil objective is for a hand beside the slide.
  expect(await page.getByTestId('focus-of-6').count()).toBe(0);
  const found = (await page.getByTestId('focus-of-5').textContent()) ?? '';
  const [focus = NaN, minimum = NaN, maximum = NaN] = (
    found.replace('40×', '').match(/-?\d+(\.\d+)?/g) ?? []
  ).map(Number);
  // In focus near 1 µm in the middle of the simulated slide, of ±80 µm that were allowed.
  expect(Math.abs(focus - 1)).toBeLessThan(6);
  expect(maximum).toBeLessThan(79);
  expect(maximum).toBeGreaterThan(focus + 40);
  expect(minimum).toBeLessThan(focus);
  for (const count of [1, 2, 3, 4, 5]) {
    await dialog().getByRole('button', { name: 'この範囲にする' }).first().click();
    await expect.poll(() => dialog().getByText('使用中').count(), PATIENCE).toBe(count);
  }
  await screenshot(page, 'day-check');
  expect(await clippedTexts(page)).toEqual([]);
  await dialog().getByRole('button', { name: '点検を記録' }).click();
  await expect.poll(() => page.getByTestId('last-check').textContent(), PATIENCE).toContain('前回の点検');
  // Of 40×: as far up as was confirmed, and no further.
  await page.keyboard.press('Digit5');
  await page.getByText('NA 0.75').waitFor(PATIENCE);
  await expect.poll(heightUm, PATIENCE).toBeGreaterThan(minimum - 1);
  await page.keyboard.down('PageUp');
  await expect.poll(heightUm, PATIENCE).toBeGreaterThan(maximum - 2);
  await page.waitForTimeout(1500);
  expect(await heightUm()).toBeLessThan(maximum + 1);
  await page.keyboard.up('PageUp');
  expect(errors).toEqual([]);
}, 300_000);
