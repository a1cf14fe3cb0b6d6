import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;

beforeAll(async () => {
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
});

test('the sample study comes with one press, says how far it is, and is there to be read', async () => {
  const { page, errors } = await openPage(browser, workstation.url, { width: 1280, height: 720 });
  await page.getByRole('main').getByRole('button', { name: 'サンプル検査を読み込む' }).click();
  const panel = page.getByRole('region', { name: '取り込み' });
  await panel.getByText('サンプル検査', { exact: true }).waitFor();
  await expect.poll(() => panel.textContent()).toMatch(/[1-9][\d.]* [KM]B/);
  await screenshot(page, 'first-run-loading-ja');
  await panel.getByText('取り込みが終わりました。').waitFor({ timeout: 150_000 });
  expect(await panel.textContent()).toContain('検査 4 件');
  expect(await page.getByRole('gridcell', { name: /模擬 花子/ }).count()).toBe(2);
  await panel.getByRole('button', { name: '閉じる' }).click();
  // Every row has its picture, not the sign for one that cannot be had.
  await expect.poll(() => page.getByRole('grid').locator('img').count()).toBe(4);
  await page.keyboard.press('Home');
  await page.waitForTimeout(500);
  await screenshot(page, 'first-run-list-ja');
  expect(await clippedTexts(page)).toEqual([]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('loading it again can be cancelled, and doubles nothing', async () => {
  const { page, errors } = await openPage(browser, workstation.url, { language: 'en' });
  await page.getByRole('gridcell').first().waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).last().click();
  await page.getByRole('menuitem', { name: 'Load the sample study' }).click();
  const panel = page.getByRole('region', { name: 'Import' });
  const again = panel.getByRole('listitem').first();
  await again.getByRole('button', { name: 'Cancel' }).click();
  await again.getByText('Cancelled.').waitFor();
  await screenshot(page, 'first-run-cancelled-en');
  expect(
    await page
      .getByRole('status')
      .filter({ hasText: /\d stud/ })
      .first()
      .textContent(),
  ).toContain('4');
  expect(errors).toEqual([]);
  await page.context().close();
});
