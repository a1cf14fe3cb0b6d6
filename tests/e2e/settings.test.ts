import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { writeStudy } from '#tests/support/made-studies.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
const made = temporaryDirectory();
const backup = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  writeStudy(made.path, { number: 1, name: 'Yamada^Taro=山田^太郎=ヤマダ^タロウ', imagesPerSeries: 5 });
  writeStudy(made.path, { number: 2, name: 'Sato^Hanako=佐藤^花子=サトウ^ハナコ', sex: 'F' });
  const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, made.path]);
  expect(imported.code, imported.stderr).toBe(0);
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url));
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
  made.remove();
  backup.remove();
});

const section = (name: string) =>
  page.getByRole('navigation', { name: '設定' }).getByRole('button', { name });
const content = () => page.locator('section[aria-labelledby=settings-heading]');
const choose = async (label: string, option: string) => {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
};

test('every section can be reached, fits, and is part of the address', async () => {
  await page.getByRole('button', { name: '設定' }).click();
  for (const [name, id] of [
    ['表示', 'general'],
    ['読影', 'reading'],
    ['取り込み', 'import'],
    ['相手の端末', 'contacts'],
    ['保存と容量', 'storage'],
    ['照合', 'verify'],
    ['バックアップ', 'backup'],
    ['ごみ箱', 'bin'],
    ['使い方', 'help'],
    ['この製品について', 'about'],
  ] as const) {
    await section(name).click();
    await page.getByRole('heading', { name, level: 2, exact: true }).waitFor();
    expect(page.url()).toContain(`#/settings/${id}`);
    await page.waitForTimeout(200);
    await screenshot(page, `settings-${id}-ja`);
    expect(await clippedTexts(page), name).toEqual([]);
  }
  await page.goBack();
  await page.getByRole('heading', { name: '使い方', level: 2 }).waitFor();
});

test('the language changes at once, everywhere, and stays after a reload', async () => {
  await section('表示').click();
  await choose('言語 / Language', 'English');
  await page.getByRole('heading', { name: 'Display', level: 2 }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  await page.reload();
  await page.getByRole('heading', { name: 'Display', level: 2 }).waitFor();
  for (const id of ['reading', 'import', 'storage', 'verify', 'backup', 'bin', 'help', 'about']) {
    await page.evaluate((hash) => (window.location.hash = hash), `#/settings/${id}`);
    await page.waitForTimeout(200);
    await screenshot(page, `settings-${id}-en`);
    expect(await clippedTexts(page), id).toEqual([]);
  }
  await page.evaluate(() => (window.location.hash = '#/settings/general'));
  await choose('Language / 言語', '日本語');
  await page.getByRole('heading', { name: '表示', level: 2 }).waitFor();
});

test('a start link in another language holds for its window only', async () => {
  const english = await openPage(browser, workstation.url, { language: 'en' });
  await english.page.getByRole('heading', { name: 'Worklist' }).waitFor();
  await english.page.context().close();
  await page.reload();
  await page.getByRole('heading', { name: '表示', level: 2 }).waitFor();
});

test('choices about reading and importing are kept', async () => {
  await section('読影').click();
  await choose('右ドラッグの向き（ウィンドウ調整）', '逆向き');
  await choose('今回の検査を置く側', '右に今回、左に前回');
  await section('取り込み').click();
  await page.getByRole('textbox', { name: '施設名' }).fill('島の診療所');
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await expect.poll(() => page.getByRole('button', { name: '保存', exact: true }).isDisabled()).toBe(true);
  await page.reload();
  await expect.poll(() => page.getByRole('textbox', { name: '施設名' }).inputValue()).toBe('島の診療所');
  await section('読影').click();
  expect(await page.getByRole('combobox', { name: '今回の検査を置く側' }).textContent()).toContain(
    '右に今回',
  );
  expect(await page.getByRole('combobox', { name: /右ドラッグ/ }).textContent()).toContain('逆向き');
});

test('storage says what is there and what exists nowhere else; eviction is off', async () => {
  await section('保存と容量').click();
  await content().getByText('検査 2 件 · 画像 6 枚').waitFor();
  const eviction = page.getByRole('checkbox', { name: '自動で退避する' });
  expect(await eviction.isChecked()).toBe(false);
  await eviction.click();
  await page.getByRole('textbox', { name: '容量の上限' }).fill('２００');
  await page.keyboard.press('Enter');
  await page.reload();
  await expect.poll(() => page.getByRole('textbox', { name: '容量の上限' }).inputValue()).toBe('200');
  await page.getByRole('checkbox', { name: '自動で退避する' }).click();
  await expect.poll(() => page.getByRole('checkbox', { name: '自動で退避する' }).isChecked()).toBe(false);
});

test('what was deleted waits in the bin with its reason, and comes back', async () => {
  await page.getByRole('button', { name: '読影' }).first().click();
  await page.getByRole('gridcell', { name: /佐藤 花子/ }).click();
  await page.keyboard.press('Delete');
  await page.getByRole('dialog').getByRole('button', { name: '患者の取り違え' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'ごみ箱へ移す' }).click();
  await expect.poll(() => page.getByRole('gridcell', { name: /佐藤 花子/ }).count()).toBe(0);
  await page.evaluate(() => (window.location.hash = '#/settings/bin'));
  await content().getByText('佐藤 花子').waitFor();
  expect(await content().textContent()).toContain('理由: 患者の取り違え');
  await screenshot(page, 'settings-bin-filled-ja');
  await content().getByRole('button', { name: '元に戻す' }).click();
  await page.getByText('ごみ箱は空です。').waitFor();
});

test('a verification finds what the disk lost, and says so in words', async () => {
  await section('照合').click();
  await content().getByRole('button', { name: '照合を始める' }).click();
  await content().getByText('6 個のすべてが取り込んだときのままです。').waitFor();
  await screenshot(page, 'settings-verify-good-ja');
});

test('a backup into a folder that cannot be one says what to do', async () => {
  await section('バックアップ').click();
  await content().getByRole('textbox', { name: '写す先のフォルダー' }).fill(data.path);
  await content().getByRole('button', { name: 'バックアップを始める' }).click();
  await content()
    .getByText(/バックアップ先のフォルダーを使えません。元のデータは安全です。/)
    .waitFor();
  await screenshot(page, 'settings-backup-problem-ja');
});

test('a backup is written, read back, and brings back what is lost', async () => {
  await content().getByRole('textbox', { name: '写す先のフォルダー' }).fill(backup.path);
  await content().getByRole('button', { name: 'バックアップを始める' }).click();
  await content()
    .getByText(/バックアップが終わりました。新しく写したもの 6 個/)
    .waitFor();
  await expect
    .poll(() =>
      content()
        .getByText(/ほかに控えのない検査が/)
        .count(),
    )
    .toBe(0);
  await screenshot(page, 'settings-backup-done-ja');
  expect(await clippedTexts(page)).toEqual([]);
  const objects = path.join(data.path, 'objects');
  const [lost = ''] = readdirSync(objects, { recursive: true, encoding: 'utf8' }).filter(
    (file) => path.basename(file).length === 64,
  );
  rmSync(path.join(objects, lost));
  await section('照合').click();
  await content().getByRole('button', { name: '照合を始める' }).click();
  await content().getByText('画像のファイルがない').waitFor();
  await screenshot(page, 'settings-verify-found-ja');
  expect(await clippedTexts(page)).toEqual([]);
  await content().getByRole('button', { name: '照合して直す' }).click();
  await content().getByText('控えから戻した').waitFor();
  expect(existsSync(path.join(objects, lost))).toBe(true);
});

test('about names version, data folder and the licences of everything used', async () => {
  await section('この製品について').click();
  await content().getByText(data.path).waitFor();
  expect(await content().textContent()).toMatch(/SQLite 3\.\d+/);
  await content()
    .getByText(/ライセンス（\d{2,}）/)
    .click();
  await content()
    .getByText(/^react \d+/)
    .click();
  await content()
    .getByText(/MIT License/)
    .filter({ visible: true })
    .waitFor();
  expect(errors).toEqual([]);
});
