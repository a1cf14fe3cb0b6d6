import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { writeStudy } from '#tests/support/made-studies.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
const made = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url));
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
  made.remove();
});

const panel = () => page.getByRole('region', { name: '取り込み' });

test('an empty archive says what to do first', async () => {
  await page.getByText('まだ検査がありません。').waitFor();
  for (const name of ['サンプル検査を読み込む', 'フォルダーを開く…', 'ファイルを開く…']) {
    expect(await page.getByRole('main').getByRole('button', { name }).isVisible()).toBe(true);
  }
  await screenshot(page, 'import-first-ja');
  expect(await clippedTexts(page)).toEqual([]);
});

test('a folder is chosen, travels file by file, and what was refused is listed with its sentence', async () => {
  const folder = path.join(made.path, 'CD ディスク');
  writeStudy(path.join(folder, 'CT'), { number: 1, name: '=山田^太郎=ヤマダ^タロウ', imagesPerSeries: 12 });
  writeStudy(path.join(folder, 'MR'), { number: 2, modality: 'MR' });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'README.txt'), 'not an image');
  writeFileSync(path.join(folder, 'empty.dcm'), '');
  await page.evaluate(() => delete (window as { showDirectoryPicker?: unknown }).showDirectoryPicker);
  const choosing = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+KeyO');
  await (await choosing).setFiles(folder);
  await panel().getByRole('paragraph').filter({ hasText: 'CD ディスク' }).waitFor();
  await panel().getByText('取り込みは終わりましたが、取り込めないファイルがあります。').waitFor();
  expect(await panel().textContent()).toContain('新しい画像 13 枚');
  expect(await panel().textContent()).toContain('検査 2 件');
  await panel().getByText('取り込めなかったファイル 2 件').click();
  await panel().getByText('CD ディスク/README.txt').waitFor();
  await panel().getByText('CD ディスク/empty.dcm').waitFor();
  await screenshot(page, 'import-refused-ja');
  expect(await clippedTexts(page)).toEqual([]);
});

test('the list of refusals can be copied', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await panel().getByRole('button', { name: '一覧をコピー' }).click();
  await page.getByText('コピーしました。').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n')).toHaveLength(2);
  expect(copied).toMatch(/README\.txt\t.+/);
});

test('what came in stands in the list, newest arrivals first on request', async () => {
  await panel().getByRole('button', { name: '一覧で見る' }).click();
  await expect.poll(() => page.url()).toContain('sort=receivedAt');
  await page.getByRole('gridcell', { name: /山田 太郎/ }).waitFor();
});

test('dropping folders and files says what will happen, then does it', async () => {
  const folder = path.join(made.path, 'dropped');
  writeStudy(path.join(folder, 'deep', 'er'), { number: 3, name: 'Dropped^Folder' });
  const [file = ''] = writeStudy(made.path, { number: 6, name: 'Dropped^File' });
  const drag = await page.context().newCDPSession(page);
  const move = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    drag.send('Input.dispatchDragEvent', {
      type,
      x: 600,
      y: 400,
      data: { items: [], files: [folder, file], dragOperationsMask: 1 },
    });
  await move('dragEnter');
  await move('dragOver');
  await page.getByText('2 項目をこの端末に取り込みます').waitFor();
  await screenshot(page, 'import-drop-ja');
  await move('drop');
  await page.getByRole('gridcell', { name: /Dropped Folder/ }).waitFor();
  await page.getByRole('gridcell', { name: /Dropped File/ }).waitFor();
  expect(await page.getByText('2 項目をこの端末に取り込みます').count()).toBe(0);
});

test('a folder handle is walked as well as a folder input', async () => {
  const [file = ''] = writeStudy(path.join(made.path, 'handle'), { number: 4, name: 'Handle^Study' });
  const base64 = readFileSync(file).toString('base64');
  await page.evaluate(async (content) => {
    // The origin's private file system hands out the same kind of folder as the picker does.
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('CT', { create: true });
    const inner = await folder.getDirectoryHandle('series', { create: true });
    const file = await inner.getFileHandle('image.dcm', { create: true });
    const writable = await file.createWritable();
    await writable.write(Uint8Array.from(atob(content), (character) => character.codePointAt(0) ?? 0));
    await writable.close();
    Object.assign(window, { showDirectoryPicker: () => Promise.resolve(folder) });
  }, base64);
  await page.keyboard.press('Control+KeyO');
  await page.getByRole('gridcell', { name: /Handle Study/ }).waitFor();
});

test('an import in flight shows numbers, can be cancelled, and keeps what was done', async () => {
  const folder = path.join(made.path, 'large');
  writeStudy(folder, { number: 5, name: 'Large^Study', imagesPerSeries: 400 });
  // So slow that there is time to look: every file waits its turn.
  const slowly = async (route: Route) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    // A file that was cancelled while it waited has nowhere to go.
    await route.continue().catch(() => undefined);
  };
  await page.route('**/import/**', slowly);
  await page.evaluate(() => delete (window as { showDirectoryPicker?: unknown }).showDirectoryPicker);
  const choosing = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+KeyO');
  await (await choosing).setFiles(folder);
  const running = panel().getByRole('listitem').filter({ hasText: 'large' }).first();
  await expect.poll(() => running.textContent()).toMatch(/\d+ \/ 400 ファイル/);
  await expect.poll(() => running.textContent()).toMatch(/残り \d+:\d\d/);
  await expect.poll(() => running.textContent()).toMatch(/MB\/s|KB\/s/);
  await screenshot(page, 'import-running-ja');
  await running.getByRole('button', { name: '中止' }).click();
  await running.getByText('中止しました。').waitFor();
  // Those still waiting end first; otherwise they would be continued twice.
  await page.unrouteAll({ behavior: 'wait' });
  await expect.poll(() => page.getByRole('gridcell', { name: /Large Study/ }).count()).toBe(1);
});

test('imports and their results survive a reload', async () => {
  await page.reload();
  await page.getByRole('button', { name: '取り込み', exact: true }).click();
  await panel().getByText('中止しました。').waitFor();
  await panel().getByText('CD ディスク', { exact: true }).waitFor();
  expect(errors).toEqual([]);
});

test('the same in English', async () => {
  const english = await openPage(browser, workstation.url, {
    width: 1024,
    height: 700,
    language: 'en',
  });
  await english.page.getByRole('button', { name: 'Import', exact: true }).first().click();
  await english.page.getByText('Cancelled.').waitFor();
  await screenshot(english.page, 'import-en');
  expect(await clippedTexts(english.page)).toEqual([]);
  expect(english.errors).toEqual([]);
  await english.page.context().close();
});
