import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchChromium } from '#tests/support/chromium.ts';
import { writeStudy } from '#tests/support/made-studies.ts';
import { clippedTexts, openPage, screenshot } from '#tests/support/page.ts';
import { runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const data = temporaryDirectory();
const made = temporaryDirectory();
let workstation: Workstation;
let browser: Browser;
let page: Page;
let errors: string[];

const LONG_NAME =
  'Maria del Carmen Fernandez de la Vega y Sanz=長宗我部 薩摩守忠兵衛尉^寿限無寿限無五劫の擦り切れ=チョウソカベ^ジュゲムジュゲムゴコウノスリキレ';
const LONG_TEXT = '胸部から骨盤部造影CT（単純・動脈相・門脈相・平衡相、冠状断・矢状断再構成あり、術前精査）';

beforeAll(async () => {
  writeStudy(made.path, {
    number: 1,
    name: 'Yamada^Taro=山田^太郎=ヤマダ^タロウ',
    patientId: '0012345',
    date: '20260214',
    seriesCount: 3,
    imagesPerSeries: 2,
  });
  writeStudy(made.path, {
    number: 2,
    name: 'Takahashi^Hanako=髙橋^花子=タカハシ^ハナコ',
    patientId: '0023456',
    sex: 'F',
    birthDate: '19870703',
    date: '20260210',
    modality: 'MR',
    description: '脳MRI',
    facility: '島の診療所',
  });
  // The same person and number as the first study, another day: a prior.
  writeStudy(made.path, {
    number: 3,
    name: 'Yamada^Taro=山田^太郎=ヤマダ^タロウ',
    patientId: '0012345',
    date: '20250801',
    description: '胸部CT',
    bodyPart: 'CHEST',
  });
  // The same person at another hospital: only a person can say so.
  writeStudy(made.path, {
    number: 4,
    name: 'YAMADA^TARO=山田^太郎=ヤマダ^タロウ',
    patientId: '77',
    issuer: '島の診療所',
    facility: '島の診療所',
    date: '20240105',
    modality: 'CR',
    description: '胸部正面',
  });
  writeStudy(made.path, { number: 5, name: LONG_NAME, description: LONG_TEXT, date: '20230101' });
  writeStudy(made.path, {
    number: 6,
    name: '',
    patientId: 'X6',
    birthDate: '',
    sex: '',
    date: '',
    time: '',
    description: '',
    accession: '',
    facility: '',
    bodyPart: '',
  });
  for (let number = 10; number < 60; number++) {
    const date = `2022${String(1 + (number % 12)).padStart(2, '0')}15`;
    writeStudy(made.path, { number, date, modality: number % 2 === 0 ? 'CT' : 'US', facility: '北病院' });
  }
  const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, made.path]);
  expect(imported.code, imported.stderr).toBe(0);
  // The same images with other pixels: conflicts.
  writeStudy(path.join(made.path, 'again'), {
    number: 5,
    name: LONG_NAME,
    description: LONG_TEXT,
    date: '20230101',
    brightness: 7,
  });
  await runCommand('electron/commands/import.ts', ['--data', data.path, path.join(made.path, 'again')]);
  workstation = await startWorkstation(data.path);
  browser = await launchChromium();
  ({ page, errors } = await openPage(browser, workstation.url));
  await page.getByRole('gridcell').first().waitFor();
});

afterAll(async () => {
  await browser.close();
  expect(await workstation.stop()).toBe(0);
  data.remove();
  made.remove();
});

/** Whatever the test before left behind, this one starts with the whole list. */
beforeEach(async () => {
  await page.keyboard.press('Escape');
  await page.evaluate(() => (window.location.hash = '#/reading'));
});

const rowTexts = () =>
  page
    .locator('[role=row][aria-rowindex]:not([aria-rowindex="1"])')
    .evaluateAll((rows) =>
      rows
        .toSorted((a, b) => Number(a.getAttribute('aria-rowindex')) - Number(b.getAttribute('aria-rowindex')))
        .map((row) => row.textContent),
    );
/** In one step: Playwright's allTextContents finds the rows first and reads them a moment later. */
const selectedTexts = () =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll('[role=row][aria-selected=true]'), (row) => row.textContent),
  );
const total = () => page.getByRole('status').filter({ hasText: '件' }).first().textContent();

test('rows say who, when and what, the newest first', async () => {
  const [first = '', second = ''] = await rowTexts();
  for (const part of [
    '未読',
    '山田 太郎',
    'ヤマダ タロウ',
    '0012345',
    '男 63歳',
    '2026-02-14 (土)',
    '13:45',
    'CT',
    '3 / 6',
  ]) {
    expect(first).toContain(part);
  }
  expect(second).toContain('髙橋 花子');
  expect(await total()).toContain('56 件');
  await screenshot(page, 'worklist-ja');
});

test('search folds old forms, kana and width, and marks what it found', async () => {
  await page.keyboard.press('Slash');
  await page.keyboard.type('高橋');
  await expect.poll(rowTexts).toHaveLength(1);
  await expect.poll(() => page.locator('mark').allTextContents()).toContain('髙橋');
  await page.getByRole('textbox', { name: '検査を検索' }).fill('ﾊﾅｺ');
  await expect.poll(() => page.locator('mark').allTextContents()).toContain('ハナコ');
  await screenshot(page, 'worklist-search-ja');
  expect(page.url()).toContain('text=');
  await page.keyboard.press('Escape');
  await expect.poll(total).toContain('56 件');
});

test('filters count, combine and can be cleared', async () => {
  await page.getByRole('button', { name: /^US/ }).click();
  await expect.poll(total).toContain('25 件');
  await page.getByRole('button', { name: /^MR/ }).click();
  await expect.poll(total).toContain('26 件');
  await page.getByRole('search').getByRole('button', { name: '施設' }).click();
  await page.getByRole('checkbox', { name: '北病院' }).click();
  await expect.poll(total).toContain('25 件');
  await screenshot(page, 'worklist-filter-ja');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '期間…' }).click();
  await page.getByRole('textbox', { name: '開始日' }).fill('２０２２/２/１');
  await page.getByRole('textbox', { name: '終了日' }).fill('20220228');
  await expect.poll(total).toContain('4 件');
  expect((await rowTexts()).every((row) => row.includes('2022-02-15'))).toBe(true);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '絞り込みを解除' }).click();
  await expect.poll(total).toContain('56 件');
});

test('a header sorts, and turns the order round', async () => {
  const header = page.getByRole('columnheader', { name: '患者ID' });
  await header.getByRole('button').click();
  await expect.poll(async () => (await rowTexts())[0]).toContain('0012345');
  expect(await header.getAttribute('aria-sort')).toBe('ascending');
  await header.getByRole('button').click();
  await expect.poll(async () => (await rowTexts())[0]).toContain('X6');
  await page.getByRole('columnheader', { name: '検査日時' }).getByRole('button').click();
});

test('keyboard and mouse choose one, several and all', async () => {
  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  expect(await selectedTexts()).toHaveLength(1);
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  expect(await selectedTexts()).toHaveLength(3);
  await page.getByRole('gridcell', { name: '0023456' }).click({ modifiers: ['Control'] });
  expect(await selectedTexts()).toHaveLength(2);
  await page.keyboard.press('End');
  await expect.poll(selectedTexts).toSatisfy((rows: string[]) => rows[0]?.includes('X6') === true);
  await page.keyboard.press('PageUp');
  await page.keyboard.press('Home');
  await expect.poll(selectedTexts).toSatisfy((rows: string[]) => rows[0]?.includes('0012345') === true);
  await page.keyboard.press('Control+KeyA');
  await expect.poll(total).toContain('56 件選択中');
  await page.keyboard.press('Home');
});

test('details show series, priors and what needs attention', async () => {
  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('KeyI');
  const details = page.getByRole('complementary', { name: '検査の詳細' });
  await details.getByText('シリーズ 3').first().waitFor();
  expect(await details.textContent()).toContain('1963-02-14 (木)');
  await details.getByRole('button', { name: /2025-08-01/ }).waitFor();
  await details.getByText('同一患者かもしれない記録').waitFor();
  await screenshot(page, 'worklist-details-ja');
});

test('the same patient at two hospitals is confirmed by a person who sees both, and can be undone', async () => {
  const details = page.getByRole('complementary', { name: '検査の詳細' });
  await details.getByRole('button', { name: '見比べる…' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByText('ヤマダ タロウ').count()).toBe(2);
  expect(await dialog.getByText(/1963-02-14 \(木\) · 男/).count()).toBe(2);
  await screenshot(page, 'worklist-same-patient-ja');
  await dialog.getByRole('button', { name: '同一患者である' }).click();
  await details.getByText('同一患者と確認済み').waitFor();
  await details.getByRole('button', { name: '取り消す…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '確認を取り消す' }).click();
  await details.getByRole('button', { name: '見比べる…' }).waitFor();
});

test('conflicts are shown with their differences', async () => {
  await page.getByRole('textbox', { name: '検査を検索' }).fill('寿限無');
  await expect.poll(rowTexts).toHaveLength(1);
  await page.keyboard.press('Enter');
  const details = page.getByRole('complementary', { name: '検査の詳細' });
  await details.getByRole('button', { name: '違いを見る' }).click();
  await page.getByRole('dialog').getByText('画素だけが異なります').waitFor();
  await screenshot(page, 'worklist-conflict-ja');
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: '検査を検索' }).fill('');
  await expect.poll(total).toContain('56 件');
});

test('pinning, and deleting with a reason that can be undone', async () => {
  await page.getByRole('gridcell', { name: '0023456' }).click();
  await page.keyboard.press('KeyP');
  await page
    .getByRole('row', { name: /0023456/ })
    .getByRole('img', { name: 'ピン留め' })
    .waitFor();
  await page.keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'ごみ箱へ移す' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('試験');
  await screenshot(page, 'worklist-delete-ja');
  await dialog.getByRole('button', { name: 'ごみ箱へ移す' }).click();
  await expect.poll(total).toContain('55 件');
  await page.getByRole('button', { name: '元に戻す' }).click();
  await expect.poll(total).toContain('56 件');
});

test('a new study arrives without moving what is in sight or chosen', async () => {
  await page.getByRole('grid').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  const chosen = await selectedTexts();
  const top = () => page.locator('[role=row][aria-selected=true]').boundingBox();
  const before = await top();
  const arrived = path.join(made.path, 'arrived');
  writeStudy(arrived, { number: 99, name: 'New^Arrival', date: '20260301' });
  const imported = await runCommand('electron/commands/import.ts', ['--data', data.path, arrived]);
  expect(imported.code).toBe(0);
  await expect.poll(total).toContain('57 件');
  await expect.poll(() => page.getByRole('grid').getAttribute('aria-rowcount')).toBe('58');
  expect(await selectedTexts()).toEqual(chosen);
  expect((await top())?.y).toBeCloseTo(before?.y ?? 0, 0);
});

test('one key opens, Back comes back to the same place', async () => {
  const chosen = await selectedTexts();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('#/reading/study/');
  await page.goBack();
  await page.getByRole('gridcell').first().waitFor();
  await expect.poll(selectedTexts).toHaveLength(1);
  const [first = ''] = await selectedTexts();
  // Opening it made it read; otherwise it is the same row.
  expect(first.replace('未読', '')).toBe((chosen[0] ?? '').replace('未読', ''));
  await expect.poll(async () => (await selectedTexts())[0]).not.toContain('未読');
});

test('the same in English, without a restart of anything, and nothing is cut off', async () => {
  const english = await openPage(browser, workstation.url, {
    width: 1024,
    height: 700,
    language: 'en',
  });
  await english.page.getByRole('gridcell').first().waitFor();
  await english.page.keyboard.press('Home');
  await screenshot(english.page, 'worklist-en-1024');
  expect(await clippedTexts(english.page)).toEqual([]);
  expect(await english.page.getByTestId('notice').textContent()).toContain('not for clinical use');
  await english.page.context().close();
});

test.each([
  [1024, 700],
  [1280, 720],
  [1600, 900],
  [1920, 1080],
  [3840, 2160],
])('at %i × %i nothing is cut off and the warning stays in sight', async (width, height) => {
  await page.setViewportSize({ width, height });
  await page.waitForTimeout(300);
  await screenshot(page, `worklist-ja-${width}`);
  expect(await clippedTexts(page)).toEqual([]);
  const notice = page.getByTestId('notice');
  expect(await notice.textContent()).toBe('研究・評価用／診療には使用しないこと');
  const box = await notice.boundingBox();
  expect(box && box.y >= 0 && box.y + box.height <= height).toBe(true);
});

test('help and command palette know every key and both languages', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('grid').focus();
  await page.keyboard.press('F1');
  await page.getByRole('dialog').getByText('キー操作の一覧').first().waitFor();
  await screenshot(page, 'worklist-help-ja');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+KeyK');
  await page.keyboard.type('settings');
  await expect.poll(() => page.getByRole('option').allTextContents()).toHaveLength(1);
  await screenshot(page, 'worklist-palette-ja');
  await page.keyboard.press('Escape');
  expect(errors).toEqual([]);
});
