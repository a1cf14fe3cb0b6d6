import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const folder = temporaryDirectory();
const PATIENCE = { timeout: 60_000 };
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  browser = await launchChromium();
  workstation = await startWorkstation(folder.path);
  ({ page, errors } = await openPage(browser, workstation.url, { width: 1600, height: 1000 }));
  await page.goto(`${page.url().replace(/#.*/, '')}#/microscope`);
  await page.getByTestId('use-simulated').click();
  await page.getByTestId('microscope-picture').waitFor(PATIENCE);
  await page.getByRole('button', { name: '標本番号' }).first().click();
  await page.getByRole('textbox', { name: '標本番号' }).fill('26-1 F1-1');
  await page.getByRole('button', { name: 'この番号で始める' }).click();
});

afterAll(async () => {
  await browser.close();
  await workstation.stop();
  folder.remove();
});

test('scale and rotation are measured from moves of the stage, and kept with date and person', async () => {
  expect(await page.getByTestId('calibrated').textContent()).toBe('未校正');
  await page.getByTestId('calibrate').click(PATIENCE);
  await page.getByTestId('measure-calibration').click();
  const result = page.getByTestId('calibration-result');
  await result.waitFor(PATIENCE);
  const [scale, rotation] = ((await result.textContent()) ?? '').match(/-?\d+(\.\d+)?/g) ?? [];
  // The simulated sensor at 2×, which sits straight on the stage.
  expect(Number(scale)).toBeGreaterThan(2.45);
  expect(Number(scale)).toBeLessThan(2.55);
  expect(Math.abs(Number(rotation))).toBeLessThan(1);
  await screenshot(page, 'calibration');
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await expect.poll(() => page.getByTestId('calibrated').textContent(), PATIENCE).toContain('µm/画素');
  // The microscope goes on as before, with what was measured.
  await expect.poll(() => page.getByTestId('controller').textContent(), PATIENCE).toContain('接続中');
  expect(errors).toEqual([]);
});
