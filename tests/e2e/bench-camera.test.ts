import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  cameraProblem,
  chooseCamera,
  nameSlide,
  openBench,
  pullOut,
  setWatched,
  takeControl,
  trackSettings,
  watchCameras,
} from '#tests/support/bench-page.ts';
import { greyRange, launchChromium } from '#tests/support/chromium.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const PATIENCE = { timeout: 60_000, interval: 200 };
const PICTURE = '[data-testid=microscope-picture] [role=img] canvas';
const PROBLEM = '[data-testid=camera-problem]';
const folder = temporaryDirectory();
const browsers: Browser[] = [];
let workstation: Workstation;
let page: Page;
let errors: string[];

async function openWith(...flags: string[]): Promise<{ page: Page; errors: string[] }> {
  const browser = await launchChromium(flags);
  browsers.push(browser);
  const opened = await openPage(browser, workstation.url, { width: 1600, height: 1400 });
  await watchCameras(opened.page);
  await opened.page.reload();
  await openBench(opened.page);
  return opened;
}

beforeAll(async () => {
  workstation = await startWorkstation(folder.path);
  ({ page, errors } = await openWith(
    '--use-fake-device-for-media-stream=device-count=2',
    '--use-fake-ui-for-media-stream',
  ));
  await nameSlide(page, '26-1 F1-1');
});

afterAll(async () => {
  for (const browser of browsers) await browser.close();
  await workstation.stop();
  folder.remove();
});

async function choose(label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click(PATIENCE);
  await page.getByRole('option', { name: option, exact: true }).click();
}

const exposureTime = async () => (await trackSettings(page)).exposureTime;
const width = async () => (await trackSettings(page)).width;

test('size and exposure are what the camera can, are kept for this camera, and are back after a restart', async () => {
  await chooseCamera(page, 'fake_device_0');
  await expect.poll(() => greyRange(page, PICTURE).catch(() => 0), PATIENCE).toBeGreaterThan(30);
  // Until the camera has opened, the simulated picture is still there.
  await expect.poll(() => width().catch(() => 0), PATIENCE).toBe(3840);
  // This camera has no white balance of its own: a sentence stands where the choice would be.
  await page.getByText('このカメラ自身のホワイトバランスは').waitFor(PATIENCE);
  expect(await page.getByRole('combobox', { name: 'ホワイトバランス' }).count()).toBe(0);
  await choose('映像の解像度', '1280 × 720');
  await expect.poll(width, PATIENCE).toBe(1280);
  await choose('露出', '手動');
  const slider = page.getByRole('slider', { name: '露出時間' });
  await slider.focus();
  await page.keyboard.press('End');
  await expect.poll(exposureTime, PATIENCE).toBe(100);
  await page.keyboard.press('Home');
  await expect.poll(exposureTime, PATIENCE).toBe(10);
  await screenshot(page, 'bench-camera');
  expect(await clippedTexts(page)).toEqual([]);
  await page.waitForTimeout(500);
  await page.evaluate(`cameras.opened.at(-1).applyConstraints({ advanced: [{ exposureTime: 20 }] })`);
  await page.reload();
  await openBench(page);
  await expect
    .poll(() => page.getByRole('combobox', { name: 'カメラ', exact: true }).textContent(), PATIENCE)
    .toContain('fake_device_0');
  await expect.poll(() => width().catch(() => 0), PATIENCE).toBe(1280);
  await expect.poll(exposureTime, PATIENCE).toBe(10);
  await page.getByText('1 ms', { exact: true }).waitFor(PATIENCE);
});

test('a still is of the whole sensor although the moving picture is smaller, which then goes on', async () => {
  const upload = page.waitForResponse(/\/microscope\/stills\/[^/]+\/lossless$/, PATIENCE);
  await page.keyboard.press('KeyC');
  const address = (await upload).url();
  const still = await page.evaluate(async (at) => {
    const picture = await createImageBitmap(await (await fetch(at)).blob());
    const { width: wide, height } = picture;
    const context = new OffscreenCanvas(wide, height).getContext('2d');
    context?.drawImage(picture, 0, 0);
    const { data } = context?.getImageData(0, 0, wide, height) ?? { data: [] };
    let steepest = 0;
    for (let pixel = 1; pixel < wide * height; pixel += 1) {
      const step = Math.abs((data[pixel * 4 + 1] ?? 0) - (data[pixel * 4 - 3] ?? 0));
      if (pixel % wide > 0) steepest = Math.max(steepest, step);
    }
    return { size: [wide, height], steepest };
  }, address);
  expect(still.size).toEqual([3840, 2160]);
  // The edges of the camera's own drawing are as sharp as its pixels: a smaller picture made larger has none such.
  expect(still.steepest).toBeGreaterThan(90);
  await expect.poll(width, PATIENCE).toBe(1280);
  await expect.poll(() => cameraProblem(page), PATIENCE).toBe(null);
});

test('another camera has settings of its own', async () => {
  await chooseCamera(page, 'fake_device_1');
  await expect
    .poll(() => page.getByRole('combobox', { name: '映像の解像度' }).textContent(), PATIENCE)
    .toContain('センサー全体');
  await chooseCamera(page, 'fake_device_0');
  await expect.poll(width, PATIENCE).toBe(1280);
});

test('a camera that is pulled out is said, and another try brings the picture back', async () => {
  await pullOut(page);
  await expect.poll(() => cameraProblem(page), PATIENCE).toBe('pulled-out');
  expect(await page.locator(PROBLEM).textContent()).toContain('動きは止めています');
  await screenshot(page, 'bench-camera-pulled-out');
  await page.getByTestId('camera-retry').click();
  await expect.poll(() => cameraProblem(page), PATIENCE).toBe(null);
  await expect.poll(() => greyRange(page, PICTURE).catch(() => 0), PATIENCE).toBeGreaterThan(30);
});

test('a camera another program has is said, and is there once that program is closed', async () => {
  await setWatched(page, { nextError: 'NotReadableError' });
  await chooseCamera(page, 'fake_device_1');
  await expect.poll(() => cameraProblem(page), PATIENCE).toBe('busy');
  await page.getByTestId('camera-retry').click();
  await expect.poll(() => page.getByTestId('camera-controls').count(), PATIENCE).toBe(1);
  expect(await cameraProblem(page)).toBe(null);
});

const placeOf = async () => (await page.getByTestId('position').textContent()) ?? '';

/** Holds an arrow key for a moment: whether the stage has moved. */
async function moves(): Promise<boolean> {
  const before = await placeOf();
  await page.keyboard.press('ArrowRight', { delay: 600 });
  await page.waitForTimeout(500);
  return (await placeOf()) !== before;
}

test('by the picture of a camera that freezes nothing is steered, and it is said', async () => {
  await setWatched(page, { isDrawn: true });
  await chooseCamera(page, '標準の機器');
  await expect.poll(() => page.getByTestId('camera-controls').count(), PATIENCE).toBe(1);
  await takeControl(page);
  await page.evaluate(`document.activeElement.blur()`);
  await expect.poll(moves, PATIENCE).toBe(true);
  await setWatched(page, { isStill: true });
  await expect.poll(() => cameraProblem(page), PATIENCE).toBe('frozen');
  expect(await moves()).toBe(false);
  await page.getByText('新しい映像が来ていません').first().waitFor(PATIENCE);
  await screenshot(page, 'bench-camera-frozen');
  await setWatched(page, { isStill: false });
  await expect.poll(() => cameraProblem(page), PATIENCE).toBe(null);
  await expect.poll(moves, PATIENCE).toBe(true);
  expect(errors).toEqual([]);
});

test('without permission a sentence says so, and with it the camera opens', async () => {
  const denied = await openWith('--use-fake-device-for-media-stream=device-count=1');
  await denied.page.context().grantPermissions([]);
  await chooseCamera(denied.page, '標準の機器');
  await expect.poll(() => cameraProblem(denied.page), PATIENCE).toBe('not-permitted');
  await denied.page.context().grantPermissions(['camera']);
  await denied.page.getByTestId('camera-retry').click();
  await expect.poll(() => denied.page.getByTestId('camera-controls').count(), PATIENCE).toBe(1);
  expect(await cameraProblem(denied.page)).toBe(null);
});

test('without any camera the microscope is usable, and another picture can be chosen', async () => {
  const bare = await openWith(
    '--use-fake-device-for-media-stream=device-count=0',
    '--use-fake-ui-for-media-stream',
  );
  await chooseCamera(bare.page, '標準の機器');
  await expect.poll(() => cameraProblem(bare.page), PATIENCE).toBe('no-camera');
  await chooseCamera(bare.page, /使わない/);
  await expect.poll(() => cameraProblem(bare.page), PATIENCE).toBe(null);
  await chooseCamera(bare.page, 'シミュレーターの映像');
  await expect.poll(() => greyRange(bare.page, PICTURE).catch(() => 0), PATIENCE).toBeGreaterThan(60);
});
