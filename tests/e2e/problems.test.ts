import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { writeStudy } from '#tests/support/made-studies.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { NO_SMALL_DISK, mountSmallDisk } from '#tests/support/small-disk.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';

const made = temporaryDirectory();
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  made.remove();
});

test.each([
  ['ja', /バックエンドとの接続が切れました。.*失われていません。.*再接続/s],
  ['en', /connection.*lost.*Stored images and measurements are safe/is],
] as const)('a backend that is gone is said in %s; the list stays in sight', async (language, sentence) => {
  const data = temporaryDirectory();
  const folder = path.join(made.path, language);
  writeStudy(folder, { number: 1, name: 'Yamada^Taro=山田^太郎=ヤマダ^タロウ' });
  await runCommand('electron/commands/import.ts', ['--data', data.path, folder]);
  const workstation = await startWorkstation(data.path);
  const { page } = await openPage(browser, workstation.url, { language, width: 1280, height: 720 });
  await page.getByRole('gridcell').first().waitFor();
  await workstation.stop();
  const banner = page.getByRole('alert');
  await banner.waitFor();
  expect(await banner.textContent()).toMatch(sentence);
  expect(await page.getByRole('gridcell', { name: /山田|Yamada/ }).count()).toBe(1);
  await screenshot(page, `problem-backend-gone-${language}`);
  expect(await clippedTexts(page)).toEqual([]);
  await page.context().close();
  data.remove();
});

test('a full disk ends an import with a sentence; what was stored stays, and more room lets it go on', async (context: TestContext) => {
  const disk = mountSmallDisk(24);
  if (!disk) context.skip(NO_SMALL_DISK);
  const folder = path.join(made.path, 'CD ディスク');
  writeStudy(folder, { number: 7, name: '=鈴木^一郎=スズキ^イチロウ', imagesPerSeries: 150 });
  const workstation = await startWorkstation(disk.path);
  const { page } = await openPage(browser, workstation.url, { width: 1280, height: 720 });
  await page.getByText('まだ検査がありません。').waitFor();
  await page.evaluate(() => delete (window as { showDirectoryPicker?: unknown }).showDirectoryPicker);
  const importFolder = async () => {
    const choosing = page.waitForEvent('filechooser');
    await page.keyboard.press('Control+KeyO');
    await (await choosing).setFiles(folder);
  };
  disk.fill(1_000_000);
  await importFolder();
  const panel = page.getByRole('region', { name: '取り込み' });
  await panel.getByText(/ディスクの空き容量がなくなりました。取り込み済みの画像は安全/).waitFor();
  await screenshot(page, 'problem-disk-full-ja');
  expect(await clippedTexts(page)).toEqual([]);
  disk.resize(64);
  await importFolder();
  await panel.getByText('取り込みが終わりました。').waitFor();
  await page.getByRole('gridcell', { name: '1 / 150' }).waitFor();
  await page.context().close();
  expect(await workstation.stop()).toBe(0);
  disk.remove();
});
